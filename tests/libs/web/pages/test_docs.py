"""/docs says in words what /openapi.json says, and each of its links leads somewhere."""

import re

import pytest

from libs.web.pages.kinds import bounds, kind
from libs.web.pages.manual import prose
from libs.web.pages.shell import HERE
from libs.web.pages.words import words_of
from tests.libs.web.pages.site import site
from tests.libs.web.tiny import calling

EN, ZH = words_of((HERE,))["en"], words_of((HERE,))["zh"]


@pytest.mark.parametrize(
    ("schema", "en", "zh"),
    [
        ({"type": "string"}, "text", "文本"),
        ({"type": "string", "format": "date-time"}, "instant with its zone", "带时区的时刻"),
        ({"type": "string", "format": "uuid"}, "text", "文本"),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "whole number or null", "整数 或 null"),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Line"}}, "list of Line", "Line 的列表"),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "names, each with text", "名称，各对应 文本"),
        ({"type": "object", "additionalProperties": False}, "object", "对象"),
        ({"enum": ["a", "b"]}, "one of a b", "a b 之一"),
        ({"const": "<i>"}, "&lt;i&gt;", "&lt;i&gt;"),
        ({}, "anything", "任意值"),
    ],
)
def test_a_schema_reads_as_words(schema, en, zh):
    assert (_plain(kind(schema, EN)), _plain(kind(schema, ZH))) == (en, zh)


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"type": "string"}, []),
        ({"type": "string", "maxLength": 200, "default": ""}, ["at most 200 characters"]),
        ({"type": "boolean", "default": False}, ["false when left out"]),
        ({"type": "integer", "minimum": 0, "maximum": 9}, ["at least 0", "at most 9"]),
        ({"anyOf": [{"type": "string", "pattern": "^<$"}, {"type": "null"}]}, ["of the form ^&lt;$"]),
    ],
)
def test_a_bound_is_said(schema, said):
    assert [_plain(one) for one in bounds(schema, EN)] == said


def test_prose_has_paragraphs_and_code_and_nothing_that_a_page_would_obey():
    assert prose("Send `a<b`.\n\n<script>") == "<p>Send <code>a&lt;b</code>.</p><p>&lt;script&gt;</p>"


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_it_has_every_operation_with_its_scope_and_no_link_into_nothing(lang):
    app = site()
    async with calling(app) as client:
        page = await client.get(f"/docs?lang={lang}")
    ids = set(re.findall(r'\bid="([^"]+)"', page.text))
    assert page.status_code == 200 and page.headers["content-language"] == lang
    assert {"get_thing", "post_thing", "schema-Problem", "problem-401"} <= ids
    assert set(re.findall(r'href="#([^"]+)"', page.text)) <= ids
    assert len(ids) == page.text.count(' id="')
    assert "things:read" in page.text and "post_form" not in page.text


def _plain(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)
