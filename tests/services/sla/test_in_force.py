"""A policy holds from the instant at which the case came: for its whole life, whenever the policy arrives here."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.events.catalogue.intake import CaseRegistered, InfoSupplied
from libs.events.catalogue.promise import CalendarRef, Change, Policy, PolicyRule
from libs.events.catalogue.references import CALENDAR, POLICY
from libs.events.catalogue.routing import CaseAssigned, NodeAssigned
from libs.events.catalogue.sla import ClockWarned
from libs.events.engine.known import Known, NotYetKnown
from libs.events.testing.spec import knowing
from libs.events.words.event import Occurrence
from services.sla.alarms import awaits, settle
from services.sla.domain.explanation import explain
from services.sla.domain.lives import lives
from services.sla.domain.terms import in_force, terms_of
from services.sla.domain.told import Told, told
from tests.services.sla.samples import (
    CLOSED,
    COMPLETED,
    ENTERED,
    GRADED,
    KEY,
    OFFICE,
    RESPONSE,
    START,
    at,
    fact,
    standard,
    state_of,
    target,
)

NIGHT = replace(OFFICE, id="night", windows=tuple(replace(one, opens=one.opens.replace(hour=1)) for one in OFFICE.windows))
COUNTED = CalendarRef(id="night", version=1)
WORKING = target("3wd")
CYCLE = target("60m", "resolved", clock="cycle", kind="cycle")
NODE = target("4h", "completed:n4", clock="judged", kind="node", start="entered:n4", node="n4", per_visit=True)
REGISTERED = CaseRegistered(channel="phone", customer_ref="c", process_id="p", process_version=1, fields={"tier": "gold"})
INSTANT = timedelta(microseconds=1)


def changes(
    clock: str = "cycle", limit: str = "30m", *, id: str = "r", calendar: Any = None, adds: Any = None, **when: str
) -> PolicyRule:
    return PolicyRule(id=id, when=when, then=Change(clock=clock, limit=limit, calendar=calendar, adds=adds))


def policy(*rules: PolicyRule, version: int = 1, valid_from: Any = START) -> Policy:
    return Policy(process_id="p", version=version, valid_from=valid_from, rules=rules)


class Desk:
    """One case, and sla's events about it as facts and versions come."""

    def __init__(self, *published: Any, registered: Any = REGISTERED) -> None:
        self.known = knowing(standard(WORKING, CYCLE), OFFICE, *published)
        self.facts = [fact(registered)]
        self.settle()

    def hear(self, *events: tuple[Any, float]) -> "Desk":
        self.facts += [fact(data, minutes, sequence=number) for number, (data, minutes) in enumerate(events, 1)]
        return self.settle()

    def publish(self, value: Any) -> "Desk":
        self.known.put(POLICY if isinstance(value, Policy) else CALENDAR, value)
        return self.settle()

    def settle(self, until: float | None = None, known: Known | None = None) -> "Desk":
        self.facts += settle(KEY, state_of(self.facts), known or self.known, None if until is None else at(until))
        return self

    @property
    def stands(self) -> dict[Occurrence, Told]:
        return told(state_of(self.facts))

    def of(self, clock: str = "cycle", number: int = 1) -> tuple[str, int, str]:
        found = self.stands[Occurrence(clock, number)]
        return found.limit, found.policy_version, found.rule

    @property
    def ids(self) -> set[Any]:
        return {one.id for one in self.facts}


@pytest.mark.parametrize(
    ("why", "versions", "holds"),
    [
        ("none", [], None),
        ("one that begins at that instant", [(1, 0)], 1),
        ("one that begins an instant later", [(1, 1)], None),
        ("the one valid from the latest instant", [(1, -5), (2, -9), (3, 1)], 1),
        ("of two that begin at once the highest", [(1, -5), (2, -5)], 2),
    ],
)
def test_the_version_in_force_when_the_case_came_holds(why: str, versions: list[tuple[int, int]], holds: int | None) -> None:
    published = [policy(changes(), version=version, valid_from=START + n * INSTANT) for version, n in versions]
    found = in_force(published, START)
    assert (found and found.version) == holds, why


@pytest.mark.parametrize(
    ("why", "when", "events", "fits"),
    [
        ("an attribute", {"tier": "gold"}, [], True),
        ("another word of it", {"tier": "silver"}, [], False),
        ("the channel", {"channel": "phone"}, [], True),
        ("an attribute that comes later", {"model": "KX"}, [(InfoSupplied(fields={"model": "KX"}), 5)], True),
        ("one that never comes", {"model": "KX"}, [], False),
        ("the grade", {"grade": "urgent", "tier": "gold"}, [(GRADED(grade="urgent"), 5)], True),
        ("the team when it began", {"team": "north"}, [(CaseAssigned(team="north"), 0)], True),
        ("a team that came later", {"team": "north"}, [(CaseAssigned(team="north"), 1)], False),
        ("a team that went later", {"team": "north"}, [(CaseAssigned(team="north"), 0), (CaseAssigned(team="south"), 1)], True),
    ],
)
def test_a_rule_asks_what_is_known_of_the_case(why: str, when: dict[str, str], events: list[Any], fits: bool) -> None:
    desk = Desk(policy(changes(**when))).hear(*events)
    assert desk.of() == (("30m", 1, "r") if fits else ("60m", 0, "")), why
    assert desk.of("response") == ("3wd", 0, ""), "no rule names it"


def test_the_first_rule_that_fits_decides_for_its_promise() -> None:
    rules = (changes(id="s", tier="silver"), changes(id="g", limit="20m", tier="gold"), changes(id="all", limit="10m"))
    assert Desk(policy(*rules, changes("response", "1wd", id="x"))).of() == ("20m", 1, "g")
    assert Desk(policy(*rules, changes("response", "1wd", id="x"))).of("response") == ("1wd", 1, "x")


def test_each_team_has_a_target_of_its_own_that_stays_when_the_work_is_handed_over() -> None:
    own = [
        changes("judged", limit, id=team, team=team, adds=replace(NODE, limit=limit))
        for team, limit in (("a", "1h"), ("b", "2h"))
    ]
    third = NodeAssigned(node="n4", team="c", agent="z")
    taken = {team: NodeAssigned(node="n4", team=team, agent="x") for team in ("a", "b")}
    desk = Desk(policy(*own)).hear((ENTERED(node="n4"), 1), (taken["a"], 1), (taken["b"], 9), (COMPLETED(node="n4"), 10))
    desk.hear((ENTERED(node="n4", occurrence=2), 11), (taken["b"], 11), (COMPLETED(node="n4", occurrence=2), 12))
    desk.hear((ENTERED(node="n4", occurrence=3), 13), (third, 13))
    assert (desk.of("judged"), desk.of("judged", 2)) == (("1h", 1, "a"), ("2h", 1, "b"))
    assert Occurrence("judged", 3) not in desk.stands, "of team c nobody promised anything"


@pytest.mark.parametrize(("why", "until", "said"), [("before", 31.9, []), ("at the mark", 32, [("80%", "agent", at(32))])])
def test_a_promise_of_its_own_warns_by_its_own_limit(why: str, until: float, said: list[Any]) -> None:
    own = replace(CYCLE, clock="own", limit="90m", warn={"80%": "agent"})
    rules = [changes("own", limit, id=tier, adds=own, tier=tier) for tier, limit in (("silver", "90m"), ("gold", "40m"))]
    desk = Desk(policy(*rules)).settle(until)
    warned = [one for one in desk.facts if isinstance(one.data, ClockWarned)]
    assert [(one.data.mark, one.data.to, one.time) for one in warned] == said, why


FACTS = [(GRADED(grade="urgent"), 5), (CaseAssigned(team="north"), 0), (RESPONSE, 20), (CLOSED, 90)]
VERSIONS = [
    policy(changes(tier="gold"), changes("response", "1wd", id="w", calendar=COUNTED)),
    policy(changes(limit="50m"), version=2, valid_from=START - timedelta(days=1)),
    policy(changes(limit="40m"), version=3, valid_from=START + INSTANT),
    NIGHT,
    replace(NIGHT, version=2),
]


@settings(max_examples=60, deadline=None)
@given(st.permutations([*FACTS, *VERSIONS]))
def test_the_order_in_which_facts_and_versions_come_changes_no_answer(steps: list[Any]) -> None:
    desk = Desk()
    for one in steps:
        desk.hear(one) if isinstance(one, tuple) else desk.publish(one)
    whole = Desk(*VERSIONS).hear(*FACTS)
    assert desk.settle(100).stands == whole.settle(100).stands
    assert desk.of() == ("30m", 1, "r") and desk.of("response") == ("1wd", 1, "w")


words = st.sampled_from(["gold", "silver"])
limits = st.sampled_from(["1m", "30m", "2h", "1wd", "8wh"])
later = st.timedeltas(min_value=INSTANT, max_value=timedelta(days=900))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(later, limits, st.sampled_from(["cycle", "response"]), words), max_size=4), st.integers(0, 4))
def test_contracted_never_changes_by_publishing(published: list[Any], after: int) -> None:
    desk = Desk(policy(changes(tier="gold")))
    desk.hear(*FACTS[:after]).settle(10)
    before = desk.ids
    for number, (delay, limit, clock, tier) in enumerate(published, 2):
        desk.publish(policy(changes(clock, limit, tier=tier), version=number, valid_from=START + delay)).settle(10)
    assert desk.ids == before, "nothing is said again, and nothing is withdrawn"


def test_a_policy_that_arrives_after_the_case_is_heard_and_what_was_said_under_no_policy_is_withdrawn() -> None:
    desk = Desk()
    assert desk.of() == ("60m", 0, "") and "policy p" in set(awaits(KEY, state_of(desk.facts)))
    assert desk.publish(policy(changes(tier="gold"))).of() == ("30m", 1, "r")


def test_an_instance_that_has_not_read_the_policy_denies_nothing_that_was_said_under_it() -> None:
    desk = Desk(policy(changes()))
    with pytest.raises(NotYetKnown, match="policy p version 1"):
        desk.settle(known=knowing(standard(WORKING, CYCLE), OFFICE))


def test_a_promise_is_counted_by_the_calendar_that_its_rule_names() -> None:
    desk = Desk(policy(changes("response", "1wh", calendar=COUNTED)), NIGHT)
    clock = desk.stands[Occurrence("response")]
    assert (clock.due_at, clock.counted_by) == (at(60), COUNTED)
    state = state_of(desk.facts)
    terms = terms_of(state, desk.known)
    found = {life.name: explain(life, terms, at(30)) for life in lives(state, terms)}
    assert found[Occurrence("response")].calendar == COUNTED


def test_only_the_promise_waits_whose_calendar_is_not_published_and_it_names_that_one() -> None:
    desk = Desk(policy(changes("response", "1wd", id="w", calendar=COUNTED), changes(tier="gold")))
    waits = desk.stands[Occurrence("response")]
    assert (waits.waits_for, waits.waits_because, waits.policy_version, waits.rule) == (COUNTED, "not_published", 1, "w")
    assert desk.of() == ("30m", 1, "r") and desk.stands[Occurrence("cycle")].due_at == at(30)
    assert set(awaits(KEY, state_of(desk.facts))) == {"policy p", "calendar night"}
    desk.publish(replace(NIGHT, version=2))
    found = desk.stands[Occurrence("response")]
    assert (found.waits_for, found.counted_by) == (None, CalendarRef(id="night", version=2)), "a later one counts"
