"""The City of Boston's 311 requests: questions about them, the city's own deadlines, and our due instants."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from deploy.truth.figures import CASES, HOUR_US, Figure, backlog, by_month, count, counts, share, spread

SOURCES = {
    "Constituent Call": "phone",
    "Employee Generated": "internal",
    "Self Service": "web_form",
    "Citizens Connect App": "app",
    "Maximo Integration": "integration",
    "Twitter": "social_media",
}
DEPARTMENT = "source_figures->>'department'"
TARGET = "(source_figures->>'target')::timestamp at time zone 'UTC'"
STATED = "source_figures->>'ontime'"
LATE = f"(source_figures ? 'target' and (closed_at is null or closed_at > {TARGET}))"

# An unfinished promise is broken by now; the status of a finished one says whether it was kept.
JUDGED = "case k.status when 'met' then 'ONTIME' when 'breached' then 'OVERDUE' when 'ended_late' then 'OVERDUE' else '' end"
RULE = "case when k.allowance like '%wd' then 'bd(' else 'cal(' end || rtrim(k.allowance, 'wd') || ')'"
_AT = "coalesce(to_char({} at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'), '')"
_OFF = f"abs(extract(epoch from {TARGET} - k.due_at))"
_PROMISED = (
    f"{CASES}select {{}} from c join analytics.clocks k using (case_id) "
    "where k.clock = 'resolution' and source_figures ? 'target'"
)


def figures(truth: Mapping[str, Any]) -> Iterator[Figure]:
    """Yield the questions; the truth's policy for types outside the table has no counterpart."""
    yield count("requests", "count(*)")
    yield count("events", "count(*) + count(closed_at)")
    yield count("closed", "count(closed_at)")
    yield count("open", "count(*)", "closed_at is null")
    yield count("open_span", f"array[{_AT.format('min(received_at)')}, {_AT.format('max(received_at)')}]")
    yield count("types", "count(distinct service_class)")
    yield count("queues", "count(distinct team)")
    yield from by_month("requests_by_month", truth)
    yield spread("close_h", "close_us")
    for hours in (24, 72):
        yield share(f"closed_within_{hours}h", f"close_us <= {hours * HOUR_US}")
    yield share("timeliness_closed", f"closed_at <= {TARGET}", "closed_at is not null and source_figures ? 'target'")
    for day in truth["backlog"]:
        yield backlog("backlog", "city-request", day)
    yield from _parts(truth)
    yield from _verdicts(truth)
    yield from _deadlines(truth)


def _parts(truth: Mapping[str, Any]) -> Iterator[Figure]:
    yield counts("source", {source: f"channel = '{SOURCES[source]}'" for source in truth["source"]})
    yield counts("department", {department: f"{DEPARTMENT} = '{department}'" for department in truth["department"]})
    yield counts("workload_queue_top20", {queue: f"team = '{queue}'" for queue in truth["workload_queue_top20"]})
    yield counts("closure_group_top15", {word: f"source_figures->>'closure' = '{word}'" for word in truth["closure_group_top15"]})
    for department in truth["close_h_by_department"]:
        yield spread(f"close_h_by_department.{department}", "close_us", f"{DEPARTMENT} = '{department}'")


def _verdicts(truth: Mapping[str, Any]) -> Iterator[Figure]:
    """Yield the city's own verdicts, and the verdicts by its own deadlines."""
    parts: dict[str, Callable[[str], str]] = {
        "department": lambda word: f"{DEPARTMENT} = '{word}'",
        "source": lambda word: f"channel = '{SOURCES[word]}'",
        "open_month": lambda word: f"to_char(received_at at time zone 'UTC', 'YYYY-MM') = '{word}'",
        "type_top20": lambda word: f"service_class = '{word}'",
    }
    on_time = f"{STATED} = 'ONTIME'"
    yield share("sla_flag", on_time, "source_figures ? 'ontime'")
    for part, where in parts.items():
        for word in truth[f"sla_flag_by_{part}"]:
            yield share(f"sla_flag_by_{part}.{word}", on_time, f"source_figures ? 'ontime' and {where(word)}")
    yield count("checks.flag_rule_rows_nonblank", f"count({STATED})")
    yield count("checks.flag_rule_mismatches_nonblank", "count(*)", f"({STATED} = 'OVERDUE') <> {LATE}")
    yield count("checks.blank_flag_rule_says.OVERDUE", "count(*)", f"{STATED} is null and {LATE}")


def _deadlines(truth: Mapping[str, Any]) -> Iterator[Figure]:
    """Yield how far the city's deadlines are from ours."""
    within = ", ".join(f"count(*) filter (where {_OFF} <= {seconds}) as match_{seconds}s" for seconds in (300, 5))
    of_all = _PROMISED.format(f"count(distinct service_class) as types, count(*) as rows, {within}")
    for word in ("types", "rows"):
        yield Figure(f"deadline_policy_good.{word}", f"select {word} as figure from ({of_all}) f")
    for seconds in (300, 5):
        matched = f"select match_{seconds}s as num, rows as den from ({of_all}) f"
        yield Figure(f"deadline_policy_good.match_{seconds}s", matched)
    for number, policy in enumerate(truth["deadline_policy"]):
        limit = f"{policy['n']}{'wd' if policy['rule'] == 'bd' else 'd'}"
        where = f" and service_class = '{policy['type']}' and k.allowance = '{limit}'"
        yield Figure(f"deadline_policy.{number}", _PROMISED.format(f"count(*) as rows, {within}") + where)


ROWS = _PROMISED.format(
    f"external_ref as request, service_class as type, {_AT.format('received_at')} as open_dt, "
    f"source_figures->>'target' as target_dt, {RULE} as rule, {_AT.format('k.due_at')} as due_by_rule, "
    f"extract(epoch from {TARGET} - k.due_at)::bigint::text as diff_s, {_AT.format('closed_at')} as closed_dt, "
    f"coalesce({STATED}, '') as ontime, {JUDGED} as judged"
)


def known(row: dict[str, str]) -> dict[str, str]:
    """Return the row with the verdict by its due instant; the city's own verdict uses its own deadline."""
    is_kept = row["closed_dt"] != "" and row["closed_dt"] <= row["due_by_rule"]
    return {**row, "judged": "ONTIME" if is_kept else "OVERDUE"}
