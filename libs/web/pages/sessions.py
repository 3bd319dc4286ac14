"""Who signed in: a signed cookie that names an API key, as long as the keys file has it."""

from dataclasses import dataclass, field

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import HTTPConnection
from starlette.responses import Response

from libs.web.keys import Client, Keyring

COOKIE = "loopdesk_session"
HOURS = 12
"""How long a session lasts: a shift, and not the night after it."""


@dataclass(frozen=True)
class Sessions:
    """Seals and opens the cookie. It names the key by a fingerprint, so nobody can make the key of it."""

    keyring: Keyring
    secret: str = field(repr=False)

    def client(self, at: HTTPConnection) -> Client | None:
        """Return who signed in; nobody if the cookie is missing, not ours or too old, or if the key was taken away."""
        try:
            fingerprint = self._seal.loads(at.cookies.get(COOKIE, ""), max_age=HOURS * 3_600)
        except BadSignature:
            return None
        return self.keyring.holder(fingerprint) if isinstance(fingerprint, str) else None

    def begin(self, response: Response, plain: str, *, secure: bool) -> None:
        """Set the cookie for the holder of a key."""
        sealed = self._seal.dumps(self.keyring.fingerprint(plain))
        response.set_cookie(COOKIE, str(sealed), max_age=HOURS * 3_600, httponly=True, samesite="strict", secure=secure)

    @property
    def _seal(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self.secret, salt="loopdesk session")


def end(response: Response) -> None:
    """Take the cookie away."""
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
