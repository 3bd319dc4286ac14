"""A conversation about one case, and one runner that plays it and compares what analytics then says with what was said."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from libs.events.words.now import real_now
from tests.stack.running import Running, until
from tests.stack.scenarios.lines import ANOTHER, Line
from tests.stack.test_journey import answer_the_survey

VISITS = """
    select node, case when returned then 'returned' when completed_at is not null then 'done' else '' end
    from analytics.node_visits where case_id = $1 order by n
"""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A case of a process, from how it comes to how it ends. `broken` are the clocks that break; all others that end are kept."""

    name: str
    process: str
    comes: dict[str, Any]
    then: dict[str, Any]
    lines: Sequence[Line]
    outcome: str
    hours_ago: float = 0
    broken: frozenset[str] = frozenset()
    moot: frozenset[str] = frozenset()
    surveyed: bool = False


class Play:
    """A scenario while it is played: every request passes on the Position of the one before."""

    def __init__(self, running: Running, scenario: Scenario) -> None:
        self.running, self.scenario = running, scenario
        self.case_id = self._comes()
        self._is_true(scenario.then)

    def _comes(self) -> str:
        body = {"channel": "phone", "process_id": self.scenario.process, "customer": {"id": self.scenario.name}}
        body |= self.scenario.comes
        if self.scenario.hours_ago:
            body["occurred_at"] = (real_now() - timedelta(hours=self.scenario.hours_ago)).isoformat()
        came = self.running.post("intake", "/cases", body)
        assert came.status_code == 201, came.text
        self.position = came.headers["Position"]
        return str(came.json()["case_id"])

    def to_its_end(self) -> None:
        for line in self.scenario.lines:
            self._plays(line)

    def _plays(self, line: Line) -> None:
        where = f"{self.scenario.name}: {line.who} {line.says}"
        body = {name: self._comes() if one == ANOTHER else one for name, one in line.body.items()}
        answer = self.running.post(line.service, f"/cases/{self.case_id}{line.path}", body, {"Position": self.position})
        assert answer.status_code == line.status, (where, answer.text)
        if line.told:
            told = {one["name"] for one in answer.json().get("errors", ())} or {answer.json()["type"].rpartition("/")[2]}
            assert told == {*line.told}, (where, answer.text)
        self.position = answer.headers.get("Position", self.position)
        self._is_true(line.then)

    def _is_true(self, then: dict[str, Any]) -> None:
        def holds(found: dict[str, Any]) -> bool:
            return all(found[name] == value for name, value in then.items())

        if then:
            headers = {"Position": self.position}
            self.running.eventually("routing", f"/cases/{self.case_id}", holds, seconds=30, headers=headers)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row.values()) for row in self.running.query(sql, self.case_id)]

    def is_counted(self, before: dict[str, int]) -> None:
        """Compare what analytics says of the case with the transcript, and its figures with those before."""
        if self.scenario.surveyed:
            answer_the_survey(self.running, self.case_id)
        until(lambda: self._missed() >= self.scenario.broken, "what was promised and not done is missed")
        self.running.come_to_rest()
        visits = self.rows(VISITS)
        assert visits == visited(self.scenario.lines)
        for view, what, said in (
            ("records", "form", self._bodies("records", "form")),
            ("decisions", "decision", self._bodies("/decide", "decision")),
            ("confirmations", "decision", self._bodies("confirmations", "decision")),
            ("contacts", "purpose", self._bodies("contacts", "purpose")),
            ("contacts", "meets_expectation::text", (str(one).lower() for one in self._bodies("contacts", "meets_expectation"))),
        ):
            found = [row[0] for row in self.rows(f"select {what} from analytics.{view} where case_id = $1")]
            assert Counter(one for one in found if one) == Counter(one for one in said if one), (view, what)
        clocks = Counter[str]()
        returned = {name for name, end in named(visits) if end == "returned"}
        for clock, number, status in self.rows("select clock, occurrence, status from analytics.clocks where case_id = $1"):
            wanted = "cancelled" if f"{clock}/{number}" in returned else self._status(clock)
            assert status == wanted, (self.scenario.name, clock, number, status)
            clocks[status] += 1
        outcome = self.scenario.outcome
        [(found,)] = self.rows("select outcome from analytics.cases where case_id = $1")
        assert found == outcome
        after = figures(self.running, self.scenario.process)
        assert after["outcomes"] == before["outcomes"] + bool(outcome)
        assert {status: after[status] - before[status] for status in ("met", "breached")} == {
            "met": clocks["met"], "breached": clocks["breached"],
        }  # fmt: skip
        assert after["answers"] == before["answers"] + self.scenario.surveyed

    def _missed(self) -> set[str]:
        """Return the clocks that are broken by now; some break when the case is over."""
        return {clock for (clock,) in self.rows("select clock from analytics.clocks where case_id = $1 and status = 'breached'")}

    def _status(self, clock: str) -> str:
        return "breached" if clock in self.scenario.broken else "cancelled" if clock in self.scenario.moot else "met"

    def _bodies(self, path: str, name: str) -> Iterable[str]:
        return (line.body.get(name, "") for line in self.scenario.lines if line.path.endswith(path) and line.status < 300)


def visited(lines: Sequence[Line]) -> list[tuple[str, str]]:
    """Return the visits that follow from a transcript: the nodes that were begun, and how each visit ended."""
    visits: list[tuple[str, str]] = []
    for line in lines:
        if line.status >= 300:
            continue
        if line.path.endswith("/start"):
            visits.append((line.path.split("/")[2], ""))
        elif line.path.endswith("/complete"):
            visits[-1] = visits[-1][0], "done"
        elif line.body.get("decision") == "rejected":
            visits[-1] = visits[-1][0], "returned"
    return visits


def named(visits: Sequence[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    """Yield the name of each visit's clock, and how the visit ended."""
    times = Counter[str]()
    for node, end in visits:
        times[node] += 1
        yield f"node:{node}/{times[node]}", end


def figures(running: Running, process: str) -> dict[str, int]:
    """Return the figures of a process that a case may change."""
    asked = {
        "outcomes": "select coalesce(sum(cases), 0)::int from analytics.outcomes where process_id = $1",
        "met": "select coalesce(sum(met), 0)::int from analytics.timeliness where process_id = $1",
        "breached": "select coalesce(sum(breached), 0)::int from analytics.timeliness where process_id = $1",
        "answers": "select coalesce(sum(answers), 0)::int from analytics.satisfaction where process_id = $1",
    }
    return {name: running.query(sql, process)[0][0] for name, sql in asked.items()}
