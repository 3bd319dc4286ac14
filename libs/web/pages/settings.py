"""What the operator may set about pages."""

from secrets import token_urlsafe
from urllib.parse import urlsplit

from libs.web.environment import BadSetting, setting, settings
from libs.web.pages.site import SITE, Addresses
from libs.web.zone import ZoneSettings


def _address(service: str) -> str:
    meaning = f"Address of {service}'s pages as people reach them; without it their host and the usual port."
    address: str = setting(f"LOOPDESK_SITE_{service.upper()}", default="", meaning=meaning)
    return address


@settings
class PageSettings(ZoneSettings):
    """How pages find each other, and what signs the cookie of a session."""

    intake: str = _address("intake")
    routing: str = _address("routing")
    sla: str = _address("sla")
    survey: str = _address("survey")
    analytics: str = _address("analytics")
    session_secret: str = setting(
        "LOOPDESK_SESSION_SECRET",
        default="",
        meaning="Signs the cookie of a session, the same for all services; without it a session ends with the process.",
        secret=True,
    )

    def __post_init__(self) -> None:
        ZoneSettings.__post_init__(self)
        for name, address in self.addresses.known.items():
            told = urlsplit(address)
            if told.scheme not in ("http", "https") or not told.netloc or told.query or told.fragment:
                raise BadSetting(
                    f"LOOPDESK_SITE_{name.upper()} must be an address such as https://desk.example.org/{name}, not {address!r}."
                )

    @property
    def addresses(self) -> Addresses:
        """Where people reach the services."""
        given = {name: getattr(self, name) for name in SITE}
        return Addresses({name: address for name, address in given.items() if address})

    @property
    def secret(self) -> str:
        """What signs cookies: the operator's secret, or one of this process."""
        return self.session_secret or _OF_THIS_PROCESS


_OF_THIS_PROCESS = token_urlsafe(32)
