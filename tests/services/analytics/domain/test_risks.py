"""A risk's lifecycle: every verb in every state; and a state that follows from the set of facts, in whatever order they come."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given as forall
from hypothesis import strategies as some

from libs.events.catalogue.analytics import CorrectionOpened, RiskAssessed, RiskChecked, RiskClosed, RiskRegistered
from libs.events.engine.book import encode_state
from libs.events.log.envelope import draft
from libs.events.testing.spec import given, happened
from services.analytics.books import CORRECTIONS, RISKS
from services.analytics.domain.corrections import correction_id_of
from services.analytics.domain.risks import LIFECYCLE, go_on, register, risk_id_of

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
KEY = "r1"
ASK: dict[str, Any] = {"at": NOON + HOUR, "actor": "mei"}

REGISTERED = RiskRegistered(owner="mei", kind="staffing", level="high", what="words:what")
LOWER, CHECKED, CLOSED = RiskAssessed(level="low"), RiskChecked(agent="wei"), RiskClosed()
LIFE = (REGISTERED, CHECKED, LOWER, CHECKED, CHECKED, CLOSED)
CAME = {"nothing": (), "open": LIFE[:1], "checked": LIFE[:2], "assessed": LIFE[:3], "closed": LIFE}
TABLE = {
    #            assess          check           close
    "nothing":  ("unknown-risk", "unknown-risk", "unknown-risk"),
    "open":     ("open",         "open",         "closed"),
    "checked":  ("open",         "open",         "closed"),
    "assessed": ("open",         "open",         "closed"),
    "closed":   ("risk-closed",  "risk-closed",  "risk-closed"),
}  # fmt: skip
"""State → the state to which each verb leads, or the code with which it is refused."""

VERBS = (LOWER, CHECKED, CLOSED)


def past(state: str) -> Any:
    return given(RISKS, *happened(KEY, NOON, *CAME[state]), key=KEY)


@pytest.mark.parametrize(
    ("state", "verb", "leads_to"), [(state, *one) for state, row in TABLE.items() for one in zip(VERBS, row, strict=True)]
)
def test_each_verb_in_each_state(state: str, verb: Any, leads_to: str) -> None:
    if "-" in leads_to:
        no = past(state).when(go_on, verb, **ASK).refused(leads_to)
        assert (no.status, "GET /risks" in no.detail) == ((404, True) if leads_to == "unknown-risk" else (409, False))
        assert leads_to == "unknown-risk" or "register another one" in no.detail
    else:
        past(state).when(go_on, verb, **ASK).then(verb)
        assert past(state).after(go_on, verb, **ASK).state.state == leads_to


def test_the_table_has_every_state_and_every_event() -> None:
    assert {past(state).state.state for state in CAME} == LIFECYCLE.keys()
    assert {type(one) for one in LIFE} == RISKS.keeps
    assert {event for row in LIFECYCLE.values() for event in row} == RISKS.keeps - {RiskRegistered}


def test_a_risk_is_registered_once() -> None:
    past("nothing").when(register, REGISTERED, **ASK).then(REGISTERED)
    for state in CAME.keys() - {"nothing"}:
        past(state).when(register, REGISTERED, **ASK).nothing()
        other = RiskRegistered(owner="another", kind="staffing", level="high", what="words:what")
        past(state).when(register, other, **ASK).refused("risk-exists")


def test_the_last_level_and_the_last_look_stand() -> None:
    risk = RISKS.of(KEY, [draft(said, KEY, NOON + n * HOUR) for n, said in enumerate(LIFE)])
    assert (risk.level, risk.assessed_at, risk.assessments) == ("low", NOON + 2 * HOUR, 2)
    assert (risk.checked_by, risk.checked_at, risk.checks) == ("wei", NOON + 4 * HOUR, 3)
    assert (risk.state, risk.registered_at, risk.closed_at) == ("closed", NOON, NOON + 5 * HOUR)
    first = RISKS.of(KEY, happened(KEY, NOON, REGISTERED))
    assert (first.level, first.assessed_at, first.assessments, first.checks) == ("high", NOON, 1, 0)


@forall(some.permutations([*enumerate(LIFE)]), some.integers(1, len(LIFE)), some.booleans())
def test_facts_in_any_order_and_told_twice_give_the_same_state(story: Any, many: int, at_once: bool) -> None:
    facts = [draft(said, KEY, NOON + (0 if at_once else n) * HOUR, sequence=n) for n, said in story][:many]
    kept = encode_state(RISKS.initial(KEY))
    for fact in sorted(facts, key=lambda fact: fact.order):
        kept = encode_state(RISKS.evolve(RISKS.decode(kept), fact))
    assert kept == encode_state(RISKS.of(KEY, [*facts, *facts[:2]]))


def test_two_looks_in_one_instant_are_two() -> None:
    one = past("open")
    for _ in range(3):
        one = one.after(go_on, CHECKED, at=NOON, actor="mei")
    assert (one.state.checks, len({fact.id for fact in one.facts})) == (3, 4)


def test_what_was_never_registered_has_no_row() -> None:
    for n in range(1, len(LIFE)):
        assert list(RISKS.rows(KEY, RISKS.of(KEY, happened(KEY, NOON, *LIFE[n:])))) == []
    assert len(list(RISKS.rows(KEY, past("open").state))) == 1


def test_corrections_and_risks_share_no_fact_and_no_id() -> None:
    assert not RISKS.keeps & CORRECTIONS.keeps and CorrectionOpened not in RISKS.keeps
    assert risk_id_of("desk", "one") != correction_id_of("desk", "one")
    assert risk_id_of("desk", "one") == risk_id_of("desk", "one") != risk_id_of("desk", "two")
