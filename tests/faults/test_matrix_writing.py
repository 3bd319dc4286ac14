"""The failure matrix: a process dies or freezes while it accepts a command, or while it relays events."""

from contextlib import suppress

import httpx
import pytest

from tests.faults.desk import Desk
from tests.stack.running import until


def cut_off(desk: Desk, key: str) -> None:
    """Register a case with a service that dies over it."""
    with pytest.raises(httpx.TransportError):
        desk.register(key)
    desk.struck("intake")


def registered_once(desk: Desk, case: str) -> None:
    """Nothing is left to do, and readers find one registration of the case."""
    desk.must_be_sound()
    assert len(desk.heard(case, "case.registered.v1")) == 1


def kept(key: str) -> str:
    """Return the question for the answer that is kept under a key."""
    return f"select status, body from intake_core.idempotency where key like '%' || encode(sha256('{key}'), 'hex')"


def test_killed_before_the_commit_of_a_command_there_is_nothing_and_the_client_comes_again(desk: Desk) -> None:
    said = desk.said_by("intake")
    desk.lay("intake", "killed before the commit of a command")
    cut_off(desk, "before the commit")
    assert desk.said_by("intake") == said
    assert desk.query(kept("before the commit")) == []
    desk.revive("intake")
    case = desk.registered("before the commit")
    assert desk.said_by("intake") == said + 1
    registered_once(desk, case)


def test_killed_after_the_commit_and_before_the_answer_the_client_gets_the_stored_answer(desk: Desk) -> None:
    said = desk.said_by("intake")
    desk.lay("intake", "killed after the commit of a command")
    cut_off(desk, "after the commit")
    assert desk.said_by("intake") == said + 1
    [stored] = desk.query(kept("after the commit"))
    desk.revive("intake")
    answers = [desk.register("after the commit") for _ in range(2)]
    assert [(one.status_code, one.content) for one in answers] == [(stored["status"], stored["body"])] * 2
    assert desk.said_by("intake") == said + 1
    registered_once(desk, answers[0].json()["case_id"])


@pytest.mark.parametrize("point", ["killed when the log has what was sent", "killed before the relay notes what it sent"])
def test_killed_between_the_log_and_the_cursor_the_relay_sends_at_most_an_echo(desk: Desk, point: str) -> None:
    before = len(desk.on_log())
    desk.lay("intake", point)
    with suppress(httpx.TransportError):  # the relay may die before the answer is out
        desk.register(point)
    assert desk.struck("intake") == "intake"
    until(lambda: len(desk.on_log()) > before, "the log had what the dead relay sent")
    desk.revive("intake")
    case = desk.registered(point)
    registered_once(desk, case)
    [row] = desk.query("select count(*) as n from analytics.cases where case_id = $1", case)
    assert row["n"] == 1


def test_a_relay_paused_past_its_lease_repeats_itself_and_reorders_nothing(desk: Desk) -> None:
    desk.second("intake")
    desk.lay("intake", "frozen with a batch to send")
    with suppress(httpx.TransportError):  # the relay may freeze before the answer is out
        desk.register("to be said twice")
    frozen = desk.struck("intake")
    other = ({"intake", "intake-2"} - {frozen}).pop()
    case = desk.registered("to be said twice", to=other)
    until(lambda: desk.heard(case, "case.registered.v1"), "the other relay has taken over")
    fenced = desk.fenced("intake", "send")
    assert echoes(desk, case) == 0
    desk.stack.resume(frozen)
    until(lambda: echoes(desk, case) > 0, "the zombie has said again what it had in hand")
    until(lambda: desk.fenced("intake", "send") > fenced, "the zombie may not move the cursor")
    registered_once(desk, case)


def echoes(desk: Desk, case: str) -> int:
    """Return how many events of a case are on the log more than once."""
    ids = [one.id for one in desk.on_log(case) if one.subject == case]
    return len(ids) - len(set(ids))


def test_after_all_that_happened_a_replay_gives_every_table_again(desk: Desk) -> None:
    desk.must_be_sound()
    assert desk.verify() == []
