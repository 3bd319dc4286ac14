"""Lengths that add up are said exactly, limits in the words of both languages, and codes by the names of the standard."""

from pathlib import Path

import pytest

import services.sla.pages
from libs.web.pages.words import words_of
from services.sla.pages.wording import Wording, exactly
from tests.services.sla.pages.desk import known

FOLDER = Path(services.sla.pages.__file__).parent
SHELL = FOLDER.parents[2] / "libs/web/pages"


def said(lang):
    return Wording(known(), lang, words_of((SHELL, FOLDER))[lang])


@pytest.mark.parametrize(
    ("us", "words"),
    [
        (0, "0:00:00"),
        (59_999_999, "0:00:59.999999"),
        (60_000_000, "0:01:00"),
        (3_599_500_000, "0:59:59.5"),
        (100 * 3_600_000_000 + 1, "100:00:00.000001"),
    ],
)
def test_a_length_loses_nothing(us, words):
    assert exactly(us) == words


@pytest.mark.parametrize(
    ("limit", "en", "zh"),
    [
        ("1s", "1 second", "1 秒"),
        ("2m", "2 minutes", "2 分钟"),
        ("1h", "1 hour", "1 小时"),
        ("2d", "2 days", "2 天"),
        ("8wh", "8 working hours", "8 个工作小时"),
        ("1wd", "1 working day", "1 个工作日"),
    ],
)
def test_a_limit_is_said_in_words(limit, en, zh):
    assert (said("en").limit(limit), said("zh").limit(limit)) == (en, zh)


def test_a_name_that_no_standard_gives_is_its_code():
    named = said("en")
    assert (named.node("p", 1, "n1"), named.node("p", 1, "n9"), named.node("q", 1, "n1")) == ("Look", "n9", "n1")
    assert (named.process("q"), named.reason("p", 1, "lost"), named.kind("ownership")) == ("q", "lost", "ownership")
    assert said("zh").promise("p", 1, "node", "n1", 2) == "节点：查看 (2)"
