"""Both languages say everything, and each customer gets theirs."""

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from services.survey.domain.wording import LANGUAGES, WORDS, language


def test_every_language_says_everything():
    assert set(WORDS) == set(LANGUAGES)
    assert WORDS["en"].keys() == WORDS["zh"].keys()
    assert all(word.strip() for words in WORDS.values() for word in words.values())


def test_chinese_is_chinese():
    same = {name for name in WORDS["en"] if WORDS["en"][name] == WORDS["zh"][name]}
    assert same == set()


@pytest.mark.parametrize(
    ("why", "wanted", "accepted", "spoken"),
    [
        ("nothing said", None, None, "en"),
        ("asked for", "zh", None, "zh"),
        ("asked for against the browser", "en", "zh-CN", "en"),
        ("the browser's only one", None, "zh-CN", "zh"),
        ("the browser's favourite", None, "zh-TW,zh;q=0.9,en;q=0.8", "zh"),
        ("the favourite is not the first", None, "en;q=0.5, zh;q=0.9", "zh"),
        ("equals in the browser's order", None, "zh,en", "zh"),
        ("a language we do not have", None, "de-DE,de;q=0.9,zh;q=0.5,en;q=0.1", "zh"),
        ("only languages we do not have", None, "de,fr", "en"),
        ("refused", None, "zh;q=0", "en"),
        ("asked for one we do not have", "de", "zh", "zh"),
        ("nonsense", None, ";;q=,=,zh;q=x", "en"),
        ("any", None, "*", "en"),
    ],
)  # fmt: skip
def test_language(why, wanted, accepted, spoken):
    assert language(wanted, accepted) == spoken, why


@forall(st.text(max_size=40), st.text(alphabet="enzh-;q=0.1, *", max_size=600))
def test_any_header_gives_one_of_ours(wanted, accepted):
    assert language(wanted, accepted) in LANGUAGES
