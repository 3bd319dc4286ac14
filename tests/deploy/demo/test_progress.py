"""Where nobody watches a bar, a step says each tenth once."""

import io

import pytest
from rich.console import Console

from deploy.demo.progress import step


def lines(*parts):
    said = io.StringIO()
    with step(Console(file=said), "sending") as told:
        for part in parts:
            told(part)
    return said.getvalue().splitlines()


@pytest.mark.parametrize(
    ("why", "parts", "said"),
    [
        ("left without a word, it is done", (), ["sending: 100 %"]),
        ("less than a tenth is no news", (0.04, 0.1, 0.12), ["sending: 10 %", "sending: 100 %"]),
        ("it never goes back", (0.5, 0.3, 0.55), ["sending: 50 %", "sending: 100 %"]),
        ("done is said once", (1.0, 1.0), ["sending: 100 %"]),
    ],
)
def test_a_tenth_is_said_once(why, parts, said):
    assert lines(*parts) == said, why


def test_a_step_that_fails_is_not_done():
    said = io.StringIO()
    with pytest.raises(ValueError), step(Console(file=said), "sending") as told:
        told(0.2)
        raise ValueError
    assert said.getvalue().splitlines() == ["sending: 20 %"]
