"""Which visit of a node is which, also where history is odd."""

import pytest

from libs.events.words.event import Visits


@pytest.mark.parametrize(
    ("why", "history", "numbers"),
    [
        ("once through",                       "begin at end", [1, 1, 1]),
        ("back again",                         "begin at end begin at end", [1, 1, 1, 2, 2, 2]),
        ("back before it was done",            "begin end begin", [1, 1, 2]),
        ("entered twice: the later one ends",  "begin begin end end", [1, 2, 2, 1]),
        ("done, the arrival unheard of",       "end", [1]),
        ("done twice",                         "begin end end", [1, 1, 2]),
        ("work, the arrival unheard of",       "at at end at", [1, 1, 1, 2]),
        ("said as it is",                      "begin:1 end:1 begin:2 at:2 end:2", [1, 1, 2, 2, 2]),
        ("every visit is said to be the first", "begin:1 end:1 begin:1 end:1", [1, 1, 2, 2]),
        ("the history begins late",            "begin:3 end:3 begin:4", [3, 3, 4]),
        ("and goes on without numbers",        "begin:3 end:1 begin:1", [3, 3, 4]),
        ("a lower number than there is",       "begin:3 begin:2", [3, 4]),
    ],
)  # fmt: skip
def test_the_visit_is(why: str, history: str, numbers: list[int]) -> None:
    visits = Visits()
    steps = [step.partition(":") for step in history.split()]
    assert [getattr(visits, what)("n4", int(said or 1)).number for what, _, said in steps] == numbers, why


def test_nodes_are_counted_apart() -> None:
    visits = Visits()
    visits.begin("n1")
    assert str(visits.begin("n2")) == "n2" and str(visits.begin("n1")) == "n1/2"
    assert (str(visits.next("n1")), str(visits.next("n9"))) == ("n1/3", "n9")
    assert (visits.now("n2"), visits.now("n9")) == (visits.at("n2"), None)
