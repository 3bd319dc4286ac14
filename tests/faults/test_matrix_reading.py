"""The failure matrix: a process dies, freezes or wrongly believes itself the owner while it reads, or cannot handle a fact."""

import time

import msgspec
import pytest

from libs.events.log.envelope import open_envelope
from libs.events.log.port import partition_of
from libs.events.words.now import new_id
from tests.faults.desk import Desk, without_echoes
from tests.stack.running import until

STARTED = "clock.started.v1"
CASES_MAX = 200
FREED_SECONDS_MAX = 40.0
"""Ten times what two leases are here, and less than the minute after which this server ends any transaction that idles."""


def clocks_once(desk: Desk, case: str) -> None:
    """Each promise of the case was started once, in sla's table as on the log."""
    until(lambda: desk.clocks(case), "sla keeps the case's promises")
    desk.must_be_sound()
    assert set(desk.clocks(case).values()) == {"running"}
    assert started(desk)[case] == sorted(desk.clocks(case))


def started(desk: Desk) -> dict[str, list[str]]:
    """Return the clocks that sla said to have started, by case, in alphabetical order."""
    found: dict[str, list[str]] = {}
    for one in without_echoes(desk.on_log()):
        if one.type == STARTED:
            found.setdefault(one.subject, []).append(msgspec.json.decode(one.data)["clock"])
    return {case: sorted(clocks) for case, clocks in found.items()}


def test_killed_in_the_middle_of_a_batch_it_is_read_again_from_its_beginning(desk: Desk) -> None:
    desk.lay("sla", "killed in the middle of a batch")
    case = desk.registered("in the middle")
    desk.struck("sla")
    assert desk.query(f"select from {desk.data('sla')}.state where key = $1", case) == []
    assert desk.query("select from sla_core.outbox where key = $1", case) == []
    desk.revive("sla")
    clocks_once(desk, case)


@pytest.mark.parametrize(
    ("point", "is_fenced", "why"),
    [
        ("frozen with a batch that was read", True, "the checkpoint is compared with its lease"),
        ("frozen in the middle of a batch", False, "the database has ended its transaction by then"),
        ("frozen while it takes leases", False, "the database has ended that transaction too: the leases are free"),
    ],
)
def test_a_consumer_paused_past_its_lease_writes_nothing_any_more(desk: Desk, point: str, is_fenced: bool, why: str) -> None:
    desk.second("sla")
    desk.lay("sla", point)
    case, fenced = desk.registered(point), desk.fenced("sla", "read")
    frozen = desk.struck("sla")
    until(lambda: desk.clocks(case), "the other instance has taken over", FREED_SECONDS_MAX)
    desk.stack.resume(frozen)
    if is_fenced:
        until(lambda: desk.fenced("sla", "read") > fenced, why)
    clocks_once(desk, case)


def test_of_two_processes_that_believe_they_own_a_partition_one_writes(desk: Desk) -> None:
    desk.second("sla")
    cases, fenced = [], desk.fenced("sla", "read")
    while desk.fenced("sla", "read") == fenced:
        assert len(cases) < CASES_MAX, "nobody ever believed wrongly"
        # As if the database's clock had jumped: every lease has ended, and its holder does not know it yet.
        desk.query("update sla_core.lease set expires_at = '-infinity'")
        cases.append(desk.registered(f"whose is it {len(cases)}"))
        time.sleep(0.05)
    for case in cases:
        until(lambda case=case: desk.clocks(case), "sla keeps every case's promises")
    desk.must_be_sound()
    said = started(desk)
    assert all(said[case] == sorted(desk.clocks(case)) for case in cases)


def test_a_poisoned_case_is_set_aside_in_order_and_all_others_flow(desk: Desk) -> None:
    sick, well = desk.registered("sick"), desk.registered("well")
    until(lambda: desk.clocks(sick) and desk.clocks(well), "sla keeps the cases' promises")
    poison = desk.wires / "sla.poison"
    poison.write_text(sick)
    contact = {"direction": "outbound", "channel": "phone", "purpose": "response"}
    for case in (sick, well):
        assert desk.post("intake", f"/cases/{case}/contacts", contact).status_code == 201
    until(lambda: parked(desk, sick), "the case was set aside")
    assert desk.post("intake", f"/cases/{sick}/cancel", {"reason": "over"}).status_code == 200
    until(lambda: desk.clocks(well)["response"] == "met", "another case's contact was heard")
    until(lambda: "case.cancelled.v1" in parked(desk, sick), "the next fact waits behind it")
    waiting = parked(desk, sick)
    assert waiting.index("contact.logged.v1") < waiting.index("case.cancelled.v1")
    assert desk.clocks(sick)["response"] == "running"
    poison.unlink()  # the repaired release
    desk.query(f"update {desk.data('sla')}.parked set is_asked = true")
    until(lambda: not parked(desk, sick), "the case was tried again")
    assert (desk.clocks(sick)["response"], desk.clocks(sick)["resolution"]) == ("met", "cancelled")
    desk.must_be_sound()


def parked(desk: Desk, case: str) -> list[str]:
    """Return the types of the facts that sla has set aside, in order."""
    records = desk.query(f"select body from {desk.data('sla')}.parked_record where key = $1 order by position", case)
    return [open_envelope(record["body"]).type for record in records]


def test_an_old_consumer_passes_over_a_type_of_a_newer_release(desk: Desk) -> None:
    case = desk.registered("of the future")
    before = {name: desk.metric(name, "events_unknown_total") for name in desk.stack.ports}
    [known] = until(lambda: desk.heard(case, "case.registered.v1"), "it is on the log")
    new = known.type.replace("registered", "sparkled")
    fact = msgspec.structs.replace(known, id=new_id(known.time), type=new, outboxpartition="", outboxepoch="", outboxseq="")
    say = "select intake_core.append(array['cases'], array[$1::int], array[$2::uuid], array[$3], array[$4], array[$5::bytea])"
    desk.query(say, partition_of(case, 12), fact.id, case, new, msgspec.json.encode(fact))
    assert desk.post("intake", f"/cases/{case}/cancel", {"reason": "over"}).status_code == 200
    until(lambda: desk.clocks(case).get("resolution") == "cancelled", "the fact after it was heard")
    desk.come_to_rest()
    for reader in ("routing", "sla", "survey", "analytics"):
        skipped = [desk.metric(name, "events_unknown_total") - before[name] for name in before if name.startswith(reader)]
        assert sum(skipped) == 1, reader
    desk.must_be_sound()
