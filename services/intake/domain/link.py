"""The link by which a customer follows her case: names the case, signed, and nothing about the person."""

import hashlib

from itsdangerous import BadSignature, Signer


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
