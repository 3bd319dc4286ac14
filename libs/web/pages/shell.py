"""One page: a template with the words, the navigation and the foot that all share, dressed in headers that keep it safe."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import HTTPConnection
from starlette.responses import Response

from libs.web.keys import LOCAL
from libs.web.pages import instants, language, static
from libs.web.pages.settings import PageSettings
from libs.web.pages.site import SITE, Addresses
from libs.web.pages.words import words_of
from libs.web.problems import Language

HERE = Path(__file__).parent

CONTENT_SECURITY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY,
    # A browser may keep a page, but asks each time whether it is still the same.
    "Cache-Control": "private, no-cache",
    "Vary": "Accept-Language, Cookie",
}


@dataclass(frozen=True)
class Shell:
    """What makes the pages of one service. `folder` has its own templates and words."""

    service: str
    settings: PageSettings
    folder: Path | None = None

    @property
    def zone(self) -> ZoneInfo:
        return self.settings.zone

    @property
    def addresses(self) -> Addresses:
        return self.settings.addresses

    def page(self, at: HTTPConnection, template: str, status: int = 200, *, private: bool = False, **values: Any) -> Response:
        """Return the page. One with personal data is `private`: a browser keeps nothing of it."""
        spoken = language.language_of(at)
        html = self._environment.get_template(template).render(**self._common(at, spoken), **values)
        response = Response(html, status, dict(_HEADERS), media_type="text/html")
        response.headers["Content-Language"] = spoken
        if private:
            response.headers["Cache-Control"] = "no-store"
        elif status == 200:
            response.headers["ETag"] = f'W/"{sha256(html.encode()).hexdigest()[:32]}"'
        if language.is_chosen(at):
            response.set_cookie(language.COOKIE, spoken, max_age=365 * 86_400, samesite="lax")
        return response

    def words(self, spoken: Language) -> Mapping[str, str]:
        """Return the words of the shell and of the service."""
        return words_of(self._folders)[spoken]

    @cached_property
    def _folders(self) -> tuple[Path, ...]:
        return (HERE, self.folder) if self.folder else (HERE,)

    @cached_property
    def _environment(self) -> Environment:
        made = Environment(
            loader=FileSystemLoader([one / "templates" for one in self._folders]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        made.filters |= {"when": self._when, "day": instants.day, "fill": filled}
        return made

    def _when(self, at: datetime | None, lang: Language) -> Markup:
        return instants.when(at, self.zone, lang)

    def _common(self, at: HTTPConnection, spoken: Language) -> dict[str, Any]:
        base, words = self.addresses.base(self.service), self.words(spoken)
        as_of: datetime | None = at.app.state.as_of()
        return {
            "t": words,
            "word": lambda what, code: words.get(f"{what} {code}", code),
            "lang": spoken,
            "service": self.service,
            "base": base,
            "path": at.url.path,
            "query": _without_language(at),
            "asking": partial(asking, at),
            "site": SITE,
            "address": lambda service, path: self.addresses.of(service, path, at),
            "static": lambda name: f"{base}/static/{name}?v={static.version(name)}",
            "zone": self.zone.key,
            "as_of": as_of,
            "client": at.scope.get("state", {}).get("client"),
            "local": LOCAL,
        }


def filled(text: str, **values: Any) -> Markup:
    """Return a text of ours with values in its braces; they are escaped."""
    return escape(text).format(**values)


def asking(at: HTTPConnection, **changes: str | None) -> str:
    """Return the same question with some words changed, from its first page."""
    words = {**at.query_params, "cursor": None, "lang": None, **changes}
    return "?" + urlencode({name: word for name, word in words.items() if word})


def link_to(at: HTTPConnection, service: str, path: str) -> str:
    """Return the address of a page for who asks here; nothing where there is no path."""
    shell: Shell = at.app.state.shell
    return shell.addresses.of(service, path, at) if path else ""


def _without_language(at: HTTPConnection) -> str:
    """Return the question without its language, to which a link adds another one."""
    return str(at.url.remove_query_params("lang").query)
