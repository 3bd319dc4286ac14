"""The link by which a customer follows her case: names the case, signed, and nothing about the person. It ends after the case."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from itsdangerous import BadSignature, Signer


@dataclass(frozen=True, slots=True)
class Links:
    """The links of customers: what signs them, and for how many days they go on after the end of a case."""

    secret: str = ""
    days: int = 30

    def path(self, case_id: str) -> str:
        """Return the path where the customer follows the case; empty where no links are made."""
        return f"/track/{token(case_id, secret=self.secret)}" if self.secret else ""

    def is_over(self, ended_at: datetime | None, *, at: datetime) -> bool:
        """Test whether the link of a case that ended then leads nowhere any more."""
        return ended_at is not None and at - ended_at >= timedelta(days=self.days)


def token(case_id: str, *, secret: str) -> str:
    """Return the token of a case."""
    return _signer(secret).sign(case_id).decode()


def opened(token: str, *, secret: str) -> str | None:
    """Return the case that the token names, or nothing if it was not made here."""
    if not secret or not token.isascii():
        return None
    try:
        case_id = _signer(secret).unsign(token).decode()
    except BadSignature:
        return None
    # base64 is read leniently: a signature with other spare bits would be the same one.
    return case_id if _signer(secret).sign(case_id).decode() == token else None


def _signer(secret: str) -> Signer:
    return Signer(secret, salt="tracking-link", key_derivation="hmac", digest_method=hashlib.sha256)
