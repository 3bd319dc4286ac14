"""Both languages say everything."""

from services.survey.domain.wording import LANGUAGES, WORDS


def test_every_language_says_everything():
    assert set(WORDS) == set(LANGUAGES)
    assert WORDS["en"].keys() == WORDS["zh"].keys()
    assert all(word.strip() for words in WORDS.values() for word in words.values())


def test_chinese_is_chinese():
    same = {name for name in WORDS["en"] if WORDS["en"][name] == WORDS["zh"][name]}
    assert same == set()
