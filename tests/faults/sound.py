"""A small run without a fault, made up by hand: what test_checker.py tampers with."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.faults.checks.readers import in_order
from tests.faults.evidence import Evidence, Record
from tests.faults.history import Attempt, History
from tests.faults.standard import PROCESS

T = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HEARS = {
    "sla": frozenset({"case.registered.v1", "contact.logged.v1", "node.entered.v1", "node.completed.v1"}),
    "analytics": frozenset(
        f"{name}.v1"
        for name in (
            *("case.registered", "case.classified", "contact.logged", "node.entered", "node.started", "node.completed"),
            *("case.resolved", "clock.breached", "clock.met", "clock.ended", "clock.withdrawn"),
            *("survey.sent", "survey.answered"),
        )
    ),
}


@dataclass
class Run:
    """History and evidence, with the means to say more."""

    history: History = field(default_factory=History)
    evidence: Evidence = field(default_factory=Evidence)

    def says(self, source: str, type_: str, key: str, at: float = 0, *, origin: str = "live", **data: Any) -> Record:
        """Put an event on the log, under its source's next number."""
        log = self.evidence.log
        seq = sum(one.source == source for one in log)
        numbers = ("cases/00", len(log), source, 1, seq, f"{source}-{seq}")
        log.append(Record(*numbers, f"{type_}.v1", key, T + timedelta(seconds=at), seq, origin, data))
        return log[-1]

    def asks(self, kind: str, name: str, case: str, answer: Any, *, status: int = 200, body: Any = None, **headers: str) -> None:
        """Let a client ask and be answered."""
        request = {"name": name, "kind": kind, "service": "intake", "path": "/", "value": name, "case": case, "body": body}
        self.history.add(Attempt(**request, status=status, headers=headers, answer=json.dumps(answer)))

    def read(self) -> "Run":
        """Let every service have read all, and keep it."""
        evidence = self.evidence
        last = {one.source: (one.epoch, one.seq) for one in evidence.log}
        for service, hears in HEARS.items():
            known = [one for one in evidence.log if one.type in hears]
            evidence.heard[service] = {key: in_order(one for one in known if one.key == key) for key in {k.key for k in known}}
            evidence.seen[service] = {"cases/00": dict(last)}
            evidence.parked[service] = []
        return self


def sound() -> Run:
    """Return a run with nothing to complain of: two cases of ours, an imported one, everything told twice or promised once."""
    run = Run()
    _answered_late_and_solved(run)
    _withdrawn(run)
    _imported(run)
    evidence = run.read().evidence
    evidence.hears = dict(HEARS)
    evidence.fired_until, evidence.read_at = T + timedelta(hours=1), T + timedelta(hours=1, seconds=2)
    evidence.compared = [("sla.clocks", (9, 1), (9, 1)), ("intake outbox cases/0", (1, 5), (1, 5))]
    evidence.sums = {
        "workload.registered": 3, "workload.assigned": 0, "workload.resolved": 1, "workload.closed": 0, "workload.contacts": 2,
        "timeliness.met": 2, "timeliness.breached": 6, "satisfaction.answers": 1,
        "intake.cases": 3, "routing.cases": 3, "analytics.cases": 3,
    }  # fmt: skip
    evidence.pages = {
        "c1": _page(run, "c1", "v1", {"response": "ended_late", "resolution": "met", "node:receive": "breached"}),
        "c2": _page(run, "c2", "v6", {"response": "met", "resolution": "breached", "node:receive": "breached"}),
    }
    evidence.pages["c1"]["comment"] = "v5"
    return run


def _page(run: Run, case: str, ref: str, clocks: dict[str, str]) -> dict[str, Any]:
    return {
        "case": {"external_ref": ref},
        "timeline": {"items": [{"id": id} for id in run.evidence.heard["analytics"][case]]},
        "clocks": {"items": [{"clock": clock, "status": status} for clock, status in clocks.items()]},
    }


def _registered(run: Run, case: str, value: str, **options: Any) -> None:
    run.says("intake", "case.registered", case, external_ref=value, customer_ref=f"of {case}", process_id=PROCESS, **options)
    run.says("routing", "case.classified", case, process_id=PROCESS, **options)


def _answered_late_and_solved(run: Run) -> None:
    _registered(run, "c1", "v1")
    run.says("routing", "node.entered", "c1", node="receive")
    for _ in range(2):
        run.asks("register", "v1", "", {"case_id": "c1"}, status=201, location="/cases/c1", position="intake:cases-0:1:0")
    run.says("intake", "contact.logged", "c1", 90, direction="outbound", purpose="response", agent="v2")
    run.asks("contact", "v2", "c1", {"case_id": "c1"}, status=201, position="intake:cases-0:1:1")
    run.says("sla", "clock.breached", "c1", 60, clock="response")
    run.says("sla", "clock.ended", "c1", 90, clock="response")
    run.says("sla", "clock.breached", "c1", 60, clock="node:receive")
    started = run.says("routing", "node.started", "c1", 95, node="handle", agent="v3")
    run.asks("start", "v3", "c1", {"said": [{"id": started.id}]}, position="routing:cases-0:1:2")
    run.says("routing", "node.completed", "c1", 100, node="handle", agent="v4")
    run.says("routing", "case.resolved", "c1", 100)
    run.asks("complete", "v4", "c1", {"said": []}, position="routing:cases-0:1:4")
    run.says("sla", "clock.met", "c1", 100, clock="resolution")
    run.says("survey", "survey.sent", "c1", 101)
    run.says("survey", "survey.answered", "c1", 105, overall=4)
    run.asks("answer", "v5", "c1", "thanks", body={"overall": "4", "comment": "v5"})


def _withdrawn(run: Run) -> None:
    """A response that was told late: the breach said meanwhile is withdrawn."""
    _registered(run, "c2", "v6")
    run.says("routing", "node.entered", "c2", node="receive")
    run.asks("register", "v6", "", {"case_id": "c2"}, status=201, location="/cases/c2", position="intake:cases-0:1:2")
    broken = run.says("sla", "clock.breached", "c2", 60, clock="response")
    run.says("sla", "clock.breached", "c2", 60, clock="node:receive")
    run.says("intake", "contact.logged", "c2", 30, direction="outbound", purpose="response", agent="v7")
    run.asks("contact", "v7", "c2", {"case_id": "c2"}, status=201, position="intake:cases-0:1:3")
    run.says("sla", "clock.withdrawn", "c2", 60, clock="response", withdrawn_id=broken.id, what="clock.breached")
    run.says("sla", "clock.met", "c2", 30, clock="response")
    run.says("sla", "clock.breached", "c2", 120, clock="resolution")


def _imported(run: Run) -> None:
    _registered(run, "c3", "i1", origin="import")
    run.says("sla", "clock.breached", "c3", 60, clock="response", origin="import")
    run.says("sla", "clock.breached", "c3", 120, clock="resolution", origin="import")
    run.asks("import", "i1", "", {"verdicts": [{"status": "recorded"}]}, body={})
    run.asks("import", "i1", "", {"verdicts": [{"status": "duplicate"}]}, body={})
