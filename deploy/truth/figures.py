"""Each figure of a truth file, and the query of the analysts' views that must give it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

HOUR_US = 3_600_000_000

CASES = "with c as (select * from analytics.cases where system = $1) "


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure's path in the truth file, and one statement; its row has the truth's names, or one column `figure`.

    Where we define a figure of that name otherwise, `ours` is its name here and `beside` the statement for it.
    """

    path: str
    sql: str
    ours: str = ""
    beside: str = ""


def count(path: str, expression: str, where: str = "true") -> Figure:
    """Return a figure that is one number."""
    return Figure(path, f"{CASES}select {expression} as figure from c where {where}")


def counts(path: str, of: Mapping[str, str]) -> Figure:
    """Return a figure that is a table: by name, the number of cases for which the condition is true."""
    columns = ", ".join(f'count(*) filter (where {where}) as "{name}"' for name, where in of.items())
    return Figure(path, f"{CASES}select {columns} from c")


def share(path: str, num: str, den: str = "true") -> Figure:
    """Return a figure that is a share of the cases for which `den` is true."""
    return Figure(path, f"{CASES}select count(*) filter (where {num}) as num, count(*) as den from c where {den}")


def spread(path: str, micros: str, where: str = "true") -> Figure:
    """Return a figure that is a distribution of durations, in hours."""
    quantile = f"percentile_cont({{}}) within group (order by {micros}::float8) / {HOUR_US}"
    return Figure(
        path,
        f"{CASES}select count({micros}) as n, avg({micros})::float8 / {HOUR_US} as mean, {quantile.format(0.5)} as median, "
        f"{quantile.format(0.9)} as p90, "
        f"percentile_disc(0.9) within group (order by {micros})::float8 / {HOUR_US} as p90_disc, "
        f"min({micros})::float8 / {HOUR_US} as min, max({micros})::float8 / {HOUR_US} as max from c where {where}",
    )


NEVER_MOVED = "reassignments = 0 and reopens = 0"
NEVER_WAITED = f"{NEVER_MOVED} and waits = 0"
FIRST_CONTACTS = {
    "FCR_A": ("no_reassignment", NEVER_MOVED),
    "FCR_B": ("no_wait", NEVER_WAITED),
    "FCR_C": ("within_a_day", f"{NEVER_WAITED} and resolution_us <= {24 * HOUR_US}"),
    "FCR": ("one_agent", "reopens = 0 and customer_waits = 0 and agents <= 1"),
}
"""The truth's rules of first contact resolution: ours of the nearest name, and the truth's own, by which the figure is compared.

Ours judge the first resolution by its seven days, and nothing later changes that; the truth's look at the whole case.
"""


def first_contact(path: str) -> Figure:
    """Return the figure of one rule of first contact resolution, as the truth defines it, with ours beside it."""
    ours, rule = FIRST_CONTACTS[path]
    beside = (
        f"{CASES}select count(*) filter (where r.counted) as num, count(*) as den "
        f"from analytics.case_rules r join c using (case_id) where r.rule = '{ours}'"
    )
    return replace(share(path, rule, "resolved_at is not null"), ours=ours, beside=beside)


# Promises that sla decided before a reopening stay decided; the truth judges the last resolution.
# Its time is then the elapsed time up to that one, less what the case waited for its customer where waits do not count.
_WAITED = "case when k.clock like '%net' then c.customer_wait_us else 0 end"
RESOLVED_ON_TIME = (
    f"case when c.reopens = 0 then k.status = 'met' else c.resolved_at - ({_WAITED}) * interval '1 microsecond' "
    "<= k.due_at - coalesce(k.paused_us, 0) * interval '1 microsecond' end"
)


def on_time(path: str, clock: str, where: str = "true") -> Figure:
    """Return the figure of one promise, of resolved cases: an unresolved one is neither on time nor late."""
    return Figure(
        path,
        f"{CASES}select count(*) filter (where {RESOLVED_ON_TIME}) as num, count(*) as den "
        f"from analytics.clocks k join c using (case_id) where k.clock = '{clock}' and c.resolved_at is not null and {where}",
    )


def backlog(path: str, process: str, day: str) -> Figure:
    """Return the figure of the cases not closed at the beginning of a day, with our backlog beside it.

    The truth looks at the last closing there was: a case that was closed then and reopened later is open in it. Ours say what
    was so at the instant: how many were unresolved, of those not closed.
    """
    at = f"'{day} 00:00+00'"
    beside = (
        f"select coalesce(sum(cases), 0)::bigint as unresolved, coalesce(sum(not_closed), 0)::bigint as not_closed "
        f"from analytics.backlog({at}) where process_id = '{process}' and $1 <> ''"
    )
    known = count(f"{path}.{day}", "count(*)", f"received_at <= {at} and (ended_at is null or ended_at > {at})")
    return replace(known, ours="unresolved, of not closed", beside=beside)


PRIORITIES = {"1 - Critical": "p1", "2 - High": "p2", "3 - Moderate": "p3", "4 - Low": "p4"}


def uci498(truth: Mapping[str, Any]) -> Iterator[Figure]:
    """Yield the questions about the ServiceNow log."""
    yield count("requests", "count(*)")
    yield count("reassignments_counter", "sum(reassignments)")
    yield share("cases_reassigned", "reassignments > 0")
    yield count("group_changes_observed", "sum(team_changes)")
    yield count("assignee_changes_observed", "sum(agent_changes)")
    yield count("reopens", "sum(reopens)")
    yield share("cases_reopened", "reopens > 0")
    yield first_contact("FCR_A")
    yield first_contact("FCR_B")
    yield first_contact("FCR_C")
    yield spread("resolution_h", "resolution_us")
    yield spread("net_h", "net_resolution_us")
    yield spread("close_h", "close_us")
    yield on_time("target_policy_on_time", "resolution")
    yield share("sla_flag", "source_figures->>'made_sla' = 'true'")
    yield count("cases_with_awaiting_user_info", "count(*)", "customer_waits > 0")
    yield count("paused_user_info_h_total", f"round(sum(customer_wait_us) / {HOUR_US}.0, 3)::float8", "resolved_at is not null")
    yield count("resolvers_distinct", "count(distinct source_figures->>'resolved_by')", "resolved_at is not null")
    for priority, grade in PRIORITIES.items():
        yield count(f"priority_final.{priority}", "count(*)", f"grade = '{grade}'")
        yield spread(f"resolution_h_by_priority.{priority}", "resolution_us", f"grade = '{grade}'")
        yield on_time(f"target_policy_by_priority.{priority}", "resolution", f"grade = '{grade}'")
        yield share(f"sla_flag_by_priority.{priority}", "source_figures->>'made_sla' = 'true'", f"grade = '{grade}'")
    for day in truth["backlog"]:
        yield backlog("backlog", "it-incident", day)
    yield from by_month("requests_by_open_month", truth)


def helpdesk(truth: Mapping[str, Any]) -> Iterator[Figure]:
    """Yield the questions about the help desk's log."""
    yield count("requests", "count(*)")
    yield count("reassignments", "sum(reassignments)")
    yield count("reassignments", "sum(agent_changes)")
    yield share("cases_reassigned", "reassignments > 0")
    yield count("reopens", "sum(reopens)")
    yield share("cases_reopened", "reopens > 0")
    yield first_contact("FCR")
    yield spread("first_response_h", "first_response_us")
    yield spread("resolution_h", "resolution_us")
    yield spread("net_resolution_h", "net_resolution_us")
    yield on_time("target_168h_elapsed", "resolution")
    yield on_time("target_168h_net", "resolution_net")
    yield share("cases_with_wait", "customer_waits > 0")
    yield count("wait_h_total", f"round(sum(customer_wait_us) / {HOUR_US}.0, 2)::float8", "resolved_at is not null")
    yield from by_month("requests_by_month", truth)
    for agent in truth["workload_resolve_by_resource"]:
        yield Figure(
            f"workload_resolve_by_resource.{agent}",
            "select sum(resolved)::bigint as figure from analytics.workload "
            f"where process_id = 'it-ticket' and agent = '{agent}' and $1 <> ''",
        )


def by_month(path: str, truth: Mapping[str, Any]) -> Iterator[Figure]:
    """Yield the figures of the cases received in each month."""
    for month in truth[path]:
        yield count(f"{path}.{month}", "count(*)", f"to_char(received_at at time zone 'UTC', 'YYYY-MM') = '{month}'")
