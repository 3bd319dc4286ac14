"""Whether a browser sends a form of ours or of somebody else's page.

A browser sends a cookie, or reaches a service on this machine that asks for no key, also when another site's page makes it.
It says so in two headers that a page cannot change: Sec-Fetch-Site, and in browsers that do not know that one, Origin.
Go's net/http decides in the same way (CrossOriginProtection).
"""

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from libs.events.words.refusal import Refused

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def must_be_ours(at: HTTPConnection, *, is_browser: bool) -> None:
    """Refuse a request that changes something if another site's page sends it; from a browser, also if nothing says who does."""
    if at.scope["method"] in SAFE:
        return
    site, origin = at.headers.get("sec-fetch-site"), at.headers.get("origin")
    if site is not None:
        ours = site in ("same-origin", "none")
    elif origin is not None:
        ours = urlsplit(origin).netloc == at.headers.get("host", "")
    else:
        ours = not is_browser
    if not ours:
        raise Refused("cross-site", "The request comes from a page of another site. Send the form on our own page.", 403)
