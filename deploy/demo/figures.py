"""The month's figures as analytics answers them over HTTP, and as tables in two languages."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from deploy.demo.month import CLASSES, PROCESSES
from libs.events.catalogue.standard import Standard

BREACHES_SHOWN = 8
RULES = {
    "no_reassignment": "never handed over / 从未转派",
    "no_wait": "... and nobody waited / 且无等待",
    "within_a_day": "... and within 24 h / 且 24 小时内",
    "one_agent": "one agent, no customer wait / 一人且未等客户",
    "one_contact": "one contact, no detour / 一次联系无周折",
    "no_repeat": "... and no new case in 7 d / 且 7 天内无新工单",
    "field_gross": "of all incoming contacts / 占全部来访联系",
    "field_net": "... that level one can resolve / 其中一线可解决的",
}
CLOCKS = {"response": "response / 响应", "resolution": "resolution / 解决", "cycle": "cycle / 总周期"}
CLASS_NAMES = {"routine": "routine / 常规", "urgent": "urgent / 紧急", "complex": "complex / 复杂"}

Figures = Mapping[str, Any]


class Analytics:
    """Analytics' HTTP, asked about everything since the month began."""

    def __init__(self, url: str, since: datetime, now: datetime) -> None:
        self._url, self._since, self._now = url, since.date().isoformat(), now.isoformat()

    def figures(self, process: str = "") -> Figures:
        """Return the figures of the cases received, of one process or all, with the backlog now."""
        return self._ask("/figures", process, as_of=self._now)

    def totals(self, path: str, process: str = "") -> Sequence[Figures]:
        """Return the totals of a rollup."""
        found: Sequence[Figures] = self._ask(path, process)["totals"]
        return found

    def _ask(self, path: str, process: str, **more: str) -> Figures:
        asked = {"since": self._since, **({"process": process} if process else {}), **more}
        answered: Figures = httpx.get(f"{self._url}{path}", params=asked, timeout=30.0).raise_for_status().json()
        return answered


def show(console: Console, analytics: Analytics, classes: Mapping[str, int], standards: Mapping[str, Standard]) -> None:
    """Print the month; `classes` counts cases by class, which analysts read in analytics.cases."""
    by_process = {process: analytics.figures(process) for process in PROCESSES}
    broken = {process: analytics.totals("/timeliness", process) for process in PROCESSES}
    whole = analytics.figures()
    console.print(_mix(classes))
    console.print(_processes(by_process, whole, standards))
    console.print(_first_contact(whole))
    console.print(_quality(whole, analytics.totals("/satisfaction")))
    console.print(_timeliness(broken))
    console.print(_breaches(broken, standards))
    console.print(_workload(analytics.totals("/workload")))


def _mix(classes: Mapping[str, int]) -> Table:
    table = _table("Calls by class / 来电按类别", "class / 类别", "cases / 工单", "share / 占比", "handbook / 手册")
    called = sum(classes.get(name, 0) for name in CLASSES)
    for name, share in CLASSES.items():
        count = classes.get(name, 0)
        table.add_row(CLASS_NAMES[name], f"{count:,}", _percent(count, called), f"{share:.0%}")
    return table


def _processes(by_process: Mapping[str, Figures], whole: Figures, standards: Mapping[str, Standard]) -> Table:
    heads = ("cases / 工单", "resolved / 已解决", "median h / 中位", "p90 h / 九成", "open now / 现未结")
    table = _table("Cases by process / 工单按流程", "process / 流程", *heads)
    for process, found in by_process.items():
        table.add_row(_name(standards[process]), *_case_cells(found))
    table.add_section()
    table.add_row("all / 合计", *_case_cells(whole))
    return table


def _case_cells(found: Figures) -> tuple[str, ...]:
    took = found["resolution_hours"]
    return (f"{found['cases']:,}", f"{found['resolved']:,}", _hours(took["median"]), _hours(took["p90"]), f"{found['backlog']:,}")


def _first_contact(whole: Figures) -> Table:
    table = _table("First contact resolution / 一次解决率", "rule / 口径", "cases / 工单", "of / 总数", "rate / 比率")
    for rule, label in RULES.items():
        if one := whole["first_contact_resolution"].get(rule):
            table.add_row(label, f"{one['num']:,}", f"{one['den']:,}", _percent(one["num"], one["den"]))
    return table


def _quality(whole: Figures, satisfaction: Sequence[Figures]) -> Table:
    table = _table("Quality / 质量", "figure / 指标", "value / 值", "of / 总数", "rate / 比率")
    answers, satisfied = _sum(satisfaction, "answers"), _sum(satisfaction, "satisfied")
    table.add_row("satisfied (goal 90 %) / 满意（目标 90%）", f"{satisfied:,}", f"{answers:,}", _percent(satisfied, answers))
    for label, name in (
        ("reopened / 重开", "cases_reopened"),
        ("handed over / 转派", "cases_reassigned"),
        ("waited for the customer / 等待客户", "cases_waiting_for_customer"),
        ("withdrawn / 撤回", "cancelled"),
    ):
        table.add_row(label, f"{whole[name]:,}", f"{whole['cases']:,}", _percent(whole[name], whole["cases"]))
    return table


def _timeliness(broken: Mapping[str, Sequence[Figures]]) -> Table:
    table = _table("Promises kept / 承诺按时率", "promise / 承诺", "kept / 按时", "broken / 超时", "rate / 比率")
    for process, totals in broken.items():
        for one in totals:
            if one["kind"] != "node":
                label = f"{process}: {CLOCKS.get(one['clock'], one['clock'])}"
                table.add_row(label, f"{one['met']:,}", f"{one['breached']:,}", _percent(one["met"], one["decided"]))
    return table


def _breaches(broken: Mapping[str, Sequence[Figures]], standards: Mapping[str, Standard]) -> Table:
    table = _table("Most often late at / 最常超时的环节", "node / 环节", "late / 超时", "of / 总数", "rate / 比率")
    nodes = [(process, one) for process, totals in broken.items() for one in totals if one["kind"] == "node"]
    for process, one in sorted(nodes, key=lambda found: -found[1]["breached"])[:BREACHES_SHOWN]:
        names = {f"node:{node.id}": f"{node.id} {node.name.en}\n{node.name.zh}" for node in standards[process].nodes}
        label = f"{process}\n{names[one['clock']]}"
        table.add_row(label, f"{one['breached']:,}", f"{one['decided']:,}", _percent(one["breached"], one["decided"]))
    return table


def _workload(workload: Sequence[Figures]) -> Table:
    sums = ("assigned", "resolved", "closed", "contacts")
    table = _table(
        "Work by team / 团队工作量", "team / 团队", "assigned / 分派", "resolved / 解决", "closed / 关闭", "contacts / 联系"
    )
    teams: dict[str, Counter[str]] = {}
    for one in workload:
        teams.setdefault(one["team"] or "(none / 无)", Counter()).update({name: one[name] for name in sums})
    for team, done in sorted(teams.items(), key=lambda found: -found[1]["resolved"]):
        table.add_row(team, *(f"{done[name]:,}" for name in sums))
    return table


def _table(title: str, first: str, *others: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column(first.replace(" / ", "\n"))
    for head in others:
        table.add_column(head.replace(" / ", "\n"), justify="right", no_wrap=True)
    return table


def _name(standard: Standard) -> str:
    return f"{standard.name.en}\n{standard.name.zh}"


def _sum(rows: Iterable[Figures], name: str) -> int:
    return sum(row[name] for row in rows)


def _percent(num: int, den: int) -> str:
    return f"{num / den:.1%}" if den else "-"


def _hours(value: float | None) -> str:
    return "-" if value is None else f"{value:,.1f}"
