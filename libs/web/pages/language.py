"""The language of a page."""

from starlette.requests import HTTPConnection

from libs.web.accept import spoken
from libs.web.problems import LANGUAGES, Language

COOKIE = "loopdesk_lang"


def language_of(at: HTTPConnection) -> Language:
    """Return the language to speak: that of `?lang`, else of the cookie, else the browser's favourite among ours."""
    for asked in (at.query_params.get("lang"), at.cookies.get(COOKIE)):
        for one in LANGUAGES:
            if asked == one:
                return one
    return spoken(at.headers.get("accept-language"), LANGUAGES)


def is_chosen(at: HTTPConnection) -> bool:
    """Test whether `?lang` names a language of ours; it is remembered."""
    return at.query_params.get("lang") in LANGUAGES
