"""What is only in English says so on a Chinese page: descriptions of the API, details of refusals."""

import pytest

from services.__main__ import PORTS
from tests.libs.web.pages.site import BROWSER
from tests.libs.web.tiny import calling
from tests.safety.asking import app
from tests.safety.tongues import mistaken

PATHS = ["/docs", "/", "/sign-in", "/no/such/page", "/problems/rate-limited", "/problems/none"]
ASKED = {
    "intake": ["/cases?number=" + "x" * 300, "/cases?from=soon"],
    "routing": ["/work?process=" + "x" * 300, "/processes/none/versions/x"],
    "sla": ["/clocks?due_before=soon", "/breaches?limit=many"],
    "survey": ["/surveys?since=soon", "/s/none"],
    "analytics": ["/figures/none", "/figures/timeliness?by=colour", "/cases?from=soon"],
}
"""What each service refuses before it asks its tables."""


@pytest.mark.parametrize("service", PORTS)
async def test_no_english_sentence_is_given_out_as_chinese(service: str) -> None:
    async with calling(app(service)) as client:
        for path in [*PATHS, *ASKED[service]]:
            page = await client.get(path, headers=BROWSER | {"Accept-Language": "zh-CN"})
            assert 'lang="zh' in page.text, path
            assert mistaken(page.text) == [], path


@pytest.mark.parametrize(
    ("why", "page", "found"),
    [
        ("an English sentence", '<p lang="zh">There is no such case.</p>', ["There is no such case"]),
        ("marked", '<p lang="zh"><span lang="en">There is no such case.</span></p>', []),
        ("after a mark", '<p lang="zh"><i lang="en">Yes.</i> There is no such case.</p>', ["There is no such case"]),
        ("after an element without an end", '<p lang="zh"><br lang="en">There is no such case.</p>', ["There is no such case"]),
        ("a name of three words", '<p lang="zh">Open Source Initiative</p>', []),
        ("a program", '<p lang="zh"><code>select one from many others</code></p>', []),
        ("Chinese", '<p lang="zh">请稍候 Retry-After 秒</p>', []),
        ("an English page", '<p lang="en">There is no such case.</p>', []),
    ],
)
def test_the_judge_of_tongues_judges(why: str, page: str, found: list[str]) -> None:
    assert mistaken(page) == found
