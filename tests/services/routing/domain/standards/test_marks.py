"""A standard says at which marks a promise warns, and whom; a mark that would never warn is refused."""

from typing import Any

import pytest

from services.routing.domain.standards.standard import BrokenStandard, sound
from tests.services.routing.samples import page

BOTH = {"80%": "agent", "2h": "supervisor"}


def with_promise(**written: Any) -> dict[str, Any]:
    return page("complaint-quality") | {"promises": {"extra": {"limit": "8h", "until": "closed", **written}}}


def with_limit(limit: Any, warn: Any) -> dict[str, Any]:
    document = page("complaint-quality")
    document["nodes"][0] |= {"limit": limit, "warn": warn}
    document["nodes"][0].pop("grace", None)
    return document


def test_a_promise_has_its_marks() -> None:
    targets = [one for one in sound(with_promise(warn=BOTH)).standard.targets if one.clock == "extra"]
    assert [one.warn for one in targets] == [BOTH]
    assert not any(one.warn for one in sound(with_promise()).standard.targets), "unless it is written, nothing warns"


def of_default(default: Any, **written: Any) -> dict[str, dict[str, str]]:
    """Return the marks of each clock, where the standard says `default` at its top."""
    document = with_promise(**written) | {"warn": default}
    document["nodes"][0]["warn"], document["nodes"][1]["warn"] = {}, {"30m": "owner"}
    return {one.clock: one.warn for one in sound(document).standard.targets}


@pytest.mark.parametrize(
    ("why", "written", "promised"),
    [
        ("says nothing",      {}, BOTH),
        ("says its own",      {"warn": {"1h": "owner"}}, {"1h": "owner"}),
        ("says the same mark to somebody else", {"warn": {"80%": "owner"}}, {"80%": "owner"}),
        ("says none",         {"warn": {}}, {}),
        ("leaves it empty",   {"warn": None}, BOTH),
        ("is as short as a mark", {"limit": "2h"}, {"80%": "agent"}),
        ("is a second longer", {"limit": "7201s"}, BOTH),
    ],
)  # fmt: skip
def test_a_promise_says_its_own_marks_or_has_those_of_the_standard(why: str, written: Any, promised: Any) -> None:
    found = of_default(BOTH, **written)
    assert found["extra"] == promised, why
    assert (found["node:n1"], found["node:n2"]) == ({}, {"30m": "owner"}), "so do nodes"
    assert found["node:n3"] == {"80%": "agent"}, "30 minutes are too short for the other mark"


def test_the_default_is_for_promises_and_nodes_only_and_for_words_of_scales_too() -> None:
    targets = sound(page("complaint-quality") | {"warn": {"80%": "owner"}}).standard.targets
    warned = {(one.clock, *one.when.values()) for one in targets if one.warn}
    assert {("cycle", "urgent"), ("node:n4", "urgent"), ("response", "normal")} <= warned
    assert not {one.kind for one in targets if one.warn} & {"gate", "exception"}


@pytest.mark.parametrize("limit", ["3h", {"grade": {"urgent": "1h"}, "otherwise": "1d"}])
def test_all_limits_of_a_node_have_its_marks(limit: Any) -> None:
    targets = [one for one in sound(with_limit(limit, BOTH)).standard.targets if one.node == "n1"]
    assert targets and all(one.warn == BOTH for one in targets)


@pytest.mark.parametrize(
    ("why", "document", "place", "says"),
    [
        ("no mark by default",       with_promise() | {"warn": {"0%": "agent"}}, "warn.0%", "is no mark; write how much"),
        ("nobody known by default",  with_promise() | {"warn": {"80%": "agnt"}}, "warn.80%", "did you mean `agent`?"),
        ("too many by default",      with_promise() | {"warn": {f"{n}%": "agent" for n in range(10, 16)}}, "warn", "has 6 marks"),
        ("a share of nothing",       with_promise(warn={"0%": "agent"}), "promises.extra.warn.0%", "is no mark; write how much"),
        ("all of it",                with_promise(warn={"100%": "agent"}), "promises.extra.warn.100%", "is no mark"),
        ("half a per cent",          with_promise(warn={"0.5%": "agent"}), "promises.extra.warn.0.5%", "is no mark"),
        ("no unit",                  with_promise(warn={"30": "agent"}), "promises.extra.warn.30", "30m, 2h"),
        ("days",                     with_promise(warn={"1d": "agent"}), "promises.extra.warn.1d", "is no mark"),
        ("other digits",             with_promise(warn={"٣m": "agent"}), "promises.extra.warn.٣m", "is no mark"),
        ("nobody known",             with_promise(warn={"80%": "agnt"}), "promises.extra.warn.80%",
            "`agnt` is not known; did you mean `agent`? write one of agent, owner, supervisor"),
        ("nobody",                   with_promise(warn={"80%": ""}), "promises.extra.warn.80%", "has 0 characters"),
        ("no group of entries",      with_promise(warn="80%"), "promises.extra.warn", "write entries"),
        ("too many",                 with_promise(warn={f"{n}%": "agent" for n in range(10, 16)}), "promises.extra.warn",
            "has 6 marks; write at most 5"),
        ("all that is promised",     with_promise(warn={"8h": "agent"}), "promises.extra.warn.8h", "never warns"),
        ("more than working hours",  with_promise(limit="2wh", warn={"2h": "agent"}), "promises.extra.warn.2h", "never warns"),
        ("at a node",                with_limit("2h", {"2h": "agent"}), "nodes[0].warn.2h", "never warns"),
        ("at a node of two limits",  with_limit({"grade": {"urgent": "1h"}, "otherwise": "2h"}, {"2h": "agent"}),
            "nodes[0].warn.2h", "no more is promised than 1h, 2h; write less"),
    ],
)  # fmt: skip
def test_a_bad_mark_is_refused_with_its_place_and_the_cure(why: str, document: Any, place: str, says: str) -> None:
    with pytest.raises(BrokenStandard) as broken:
        sound(document)
    found = {fault.path: str(fault) for fault in broken.value.faults}
    assert says in found.get(place, ""), (why, found)


@pytest.mark.parametrize(
    ("limit", "mark"),
    [("8h", "7h"), ("8h", "28799s"), ("8h", "1%"), ("8h", "99%"), ("3wd", "99h"), ("3wh", "2h"), ("immediate", "14m")],
)
def test_what_touches_a_border_is_taken(limit: str, mark: str) -> None:
    assert sound(with_promise(limit=limit, warn={mark: "owner"}))
