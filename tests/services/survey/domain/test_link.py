"""A link opens only what it was made for."""

import re

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from services.survey.domain.link import Link, opened, token

LINK = Link("01980c5e-7a00-7c3e-8d41-5b6f0a1c2d3e", "6fa459ea-ee8a-5ca4-894e-db77e160355e")
TOKEN = token(LINK, secret="s")
SPELLINGS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
"""The letters of base64; the last one of a signature has bits that say nothing."""


@pytest.mark.slow
@forall(st.uuids(), st.uuids(), st.text(min_size=1))
def test_what_was_signed_is_read_back(case, survey, secret):
    link = Link(str(case), str(survey))
    assert opened(token(link, secret=secret), secret=secret) == link


def test_a_token_fits_into_an_address_and_a_text_message():
    assert re.fullmatch(r"[A-Za-z0-9_.-]{1,100}", TOKEN)


@pytest.mark.parametrize(
    ("why", "forged"),
    [
        ("one letter changed", ("B" if TOKEN[0] == "A" else "A") + TOKEN[1:]),
        ("the signature cut", TOKEN[:-1]),
        ("no signature", TOKEN.rsplit(".", 1)[0]),
        ("another installation's", token(LINK, secret="other")),
        ("padding behind the signature", TOKEN + "="),
        ("more padding", TOKEN + "=="),
        ("padding behind the names", TOKEN.replace(".", "=.")),
        ("other spare bits in the signature", TOKEN[:-1] + SPELLINGS[SPELLINGS.index(TOKEN[-1]) ^ 1]),
        ("a line end", TOKEN + "\n"),
        ("nothing", ""),
        ("not ASCII", "é" + TOKEN),
        ("half a surrogate pair", "\ud800"),
        ("endless", TOKEN + "A" * 10_000),
    ],
)  # fmt: skip
def test_anything_else_opens_nothing(why, forged):
    assert opened(forged, secret="s") is None, why


@forall(st.text(max_size=120))
def test_no_text_breaks_it(text):
    assert opened(text, secret="s") is None


def test_an_empty_secret_signs_nothing():
    with pytest.raises(ValueError, match="secret"):
        token(LINK, secret="")
