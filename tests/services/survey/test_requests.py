"""A posted form, read with bounds and without trust."""

from urllib.parse import urlencode

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st
from pydantic import ValidationError

from services.survey.requests import COMMENT_MAX, AnswerBody, Filled, read_form


@pytest.mark.parametrize(
    ("why", "form", "filled"),
    [
        ("one tap", {"overall": "4"}, Filled(overall=4)),
        (
            "everything",
            {"overall": "1", "content": "2", "efficiency": "5", "attitude": "3", "comment": "慢\r\n再慢"},
            Filled(overall=1, scores={"content": 2, "efficiency": 5, "attitude": 3}, comment="慢\n再慢"),
        ),
        ("skipped", {"overall": "4", "content": "", "comment": "  "}, Filled(overall=4)),
        ("no overall", {"content": "2"}, Filled(scores={"content": 2}, error="error_overall")),
        ("nothing", {}, Filled(error="error_overall")),
        ("a mark there is not", {"overall": "6"}, Filled(error="error_overall")),
        ("a mark in other digits", {"overall": "４"}, Filled(error="error_overall")),
        ("a dimension there is not", {"overall": "4", "beauty": "5"}, Filled(overall=4)),
        ("words to the brim", {"overall": "4", "comment": "意" * COMMENT_MAX}, Filled(overall=4, comment="意" * COMMENT_MAX)),
        (
            "one word too many",
            {"overall": "4", "comment": "意" * (COMMENT_MAX + 1)},
            Filled(overall=4, comment="意" * (COMMENT_MAX + 1), error="error_comment"),
        ),
        ("a NUL", {"overall": "4", "comment": "a\0"}, Filled(overall=4, comment="a\0", error="error_unreadable")),
    ],
)  # fmt: skip
def test_a_form_is_read(why, form, filled):
    assert read_form(urlencode(form).encode()) == filled, why


@pytest.mark.parametrize(
    ("why", "body"),
    [
        ("not UTF-8", b"overall=4&comment=%ff"),
        ("not ASCII", "overall=4&comment=é".encode()),
        ("too many words", b"&".join(b"a%d=1" % n for n in range(50))),
        ("too long", b"overall=4&comment=" + b"x" * 40_000),
    ],
)  # fmt: skip
def test_unreadable(why, body):
    assert read_form(body) == Filled(error="error_unreadable"), why


@forall(st.binary(max_size=300))
def test_no_bytes_break_it(body):
    answer = read_form(body).answer()
    assert answer is None or 1 <= answer.overall <= 5


def test_only_a_sound_form_is_an_answer():
    assert Filled(overall=4, scores={"content": 5}, comment="x").answer() == AnswerBody(
        overall=4, scores={"content": 5}, comment="x"
    )
    assert Filled(overall=4, error="error_comment").answer() is None
    assert Filled().answer() is None


@pytest.mark.parametrize(
    ("why", "body"),
    [
        ("a mark there is not", {"overall": 0}),
        ("a word too many", {"overall": 3, "name": "Li Na"}),
        ("a score out of range", {"overall": 3, "scores": {"content": 6}}),
        ("too many dimensions", {"overall": 3, "scores": {f"d{'x' * n}": 1 for n in range(9)}}),
        ("a comment as long as a book", {"overall": 3, "comment": "x" * (COMMENT_MAX + 1)}),
    ],
)  # fmt: skip
def test_an_answer_has_limits(why, body):
    with pytest.raises(ValidationError):
        AnswerBody.model_validate(body)
