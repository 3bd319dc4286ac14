"""The customer's page: one form, whole without a script, and without anything loaded from elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from libs.web.pages.static import version
from libs.web.problems import MEDIA_TYPE
from services.survey.domain.wording import WORDS
from services.survey.requests import COMMENT_MAX, DIMENSIONS, Filled

_HTML: dict[str, Any] = {"text/html": {"schema": {"type": "string"}}}
PAGES: dict[int | str, dict[str, Any]] = {
    404: {"description": "A page: the link is none of ours.", "content": _HTML},
    409: {"description": "A page: the survey was answered already, and the answer is final.", "content": _HTML},
    410: {"description": "A page: the survey has ended.", "content": _HTML},
    503: {
        "description": "A page: come again shortly; Retry-After says when.",
        "content": _HTML,
        "headers": {"Retry-After": {"$ref": "#/components/headers/Retry-After"}},
    },
}
"""Other answers to a customer's browser, for /openapi.json."""

PAGE_AGAIN: dict[int | str, dict[str, Any]] = {
    422: {
        "description": "The form again, with a word on what to change; a problem where the link itself is malformed.",
        "content": {**_HTML, MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}

THANKS: dict[int | str, dict[str, Any]] = {200: {"headers": {"Position": {"$ref": "#/components/headers/Position"}}}}
"""What comes with the thanks: a program that answers for its customer can wait for the answer to be counted."""

Gone = Literal["unknown", "answered", "reopened", "expired", "away"]
"""Why there is no form: the link was never ours, the answer is final, the case was reopened, the time is over, or an outage."""

LOW_MAX = 2
"""Up to this score the customer is thanked for being frank."""

_pages = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
# The way up from /s/{signed}: it is right behind every proxy, whatever that puts before our paths.
_pages.globals["static"] = lambda name: f"../static/{name}?v={version(name)}"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: the desk's name as customers know it, and where they reach somebody; both may be empty."""

    name: str = ""
    contact: str = ""

    @property
    def shown(self) -> str:
        """The address or the number as people read it."""
        return self.contact.partition(":")[2].removeprefix("//").rstrip("/")


NOBODY = Asker()


def render_form(
    *,
    lang: str,
    path: str,
    expires_at: datetime,
    filled: Filled | None = None,
    answered: bool = False,
    changes: bool = False,
    about: str = "",
    asker: Asker = NOBODY,
) -> str:
    """Return the form, filled in as far as known; `path` is where it is read and sent, `about` names the matter.

    `answered`: there is an earlier answer. `changes`: this one may be changed later.
    """
    return _pages.get_template("form.html").render(
        t=WORDS[lang],
        lang=lang,
        path=path,
        until=in_words(expires_at, lang),
        expires_at=expires_at,
        filled=filled or Filled(),
        answered=answered,
        changes=changes,
        about=about,
        asker=asker,
        dimensions=DIMENSIONS,
        comment_max=COMMENT_MAX,
    )


def render_thanks(
    *, lang: str, path: str, expires_at: datetime, overall: int, changes: bool = False, asker: Asker = NOBODY
) -> str:
    """Return the thanks for an answer: with the way back where it may be changed, and after a low score a way to somebody."""
    return _pages.get_template("thanks.html").render(
        t=WORDS[lang],
        lang=lang,
        path=path,
        until=in_words(expires_at, lang),
        expires_at=expires_at,
        low=overall <= LOW_MAX,
        asker=asker,
        changes=changes,
    )


def render_gone(why: Gone, *, lang: str, path: str = "") -> str:
    """Return the page that is shown instead of a form, and says why."""
    return _pages.get_template("gone.html").render(t=WORDS[lang], lang=lang, path=path, what=f"gone_{why}")


HEADERS: Mapping[str, str] = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    # The address holds the token.
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
    "Vary": "Accept-Language, Cookie",
}
"""What every page is served with: kept nowhere, framed by nobody, nothing but our own two files loaded."""


def in_words(at: datetime, lang: str) -> str:
    """Return an instant as a customer reads it, with its zone's distance from UTC: theirs may be another one."""
    zone = _zone_of(at)
    if lang == "zh":
        return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}（{zone}）"
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}, {at:%H:%M} ({zone})"


def matter(process: str, at: datetime, lang: str) -> str:
    """Return what the customer is asked about: the process and the day."""
    day = in_words(at, lang).partition(" " if lang == "zh" else ",")[0]
    return f"{process}，{day}" if lang == "zh" else f"{process}, {day}"


def _zone_of(at: datetime) -> str:
    """Return how far an instant's clock is from UTC, as in UTC+8 or UTC-3:30."""
    minutes = int((at.utcoffset() or timedelta()) / timedelta(minutes=1))
    hours, rest = divmod(abs(minutes), 60)
    return "UTC" + (f"{'-' if minutes < 0 else '+'}{hours}" if minutes else "") + (f":{rest:02}" if rest else "")


_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
