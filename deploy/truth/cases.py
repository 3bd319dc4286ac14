"""Each case of a truth file, and its row in the analysts' views, written the same way."""

from deploy.truth.figures import CASES, FIRST_CONTACTS, HOUR_US, RESOLVED_ON_TIME

_AT = "coalesce(to_char({} at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'), '')"
_HOURS = f"coalesce(to_char(round({{}} / {HOUR_US}.0, 6), 'FM99999990.000000'), '')"
_WAIT = f"to_char(round(coalesce({{}}, 0) / {HOUR_US}.0, 6), 'FM99999990.000000')"
_FLAG = "case {} when true then 'True' when false then 'False' else '' end"


def _rule(name: str) -> str:
    return _FLAG.format(f"(case when c.resolved_at is not null then {FIRST_CONTACTS[name][1]} end)")


def _kept(clock: str) -> str:
    # Only a resolved case is on time or late; the clock of an open one may have broken already.
    kept = f"(select {RESOLVED_ON_TIME} from analytics.clocks k where k.case_id = c.case_id and k.clock = '{clock}')"
    return _FLAG.format(f"(case when c.resolved_at is not null then {kept} end)")


def _select(**columns: str) -> str:
    return (
        f"{CASES}select external_ref as request, " + ", ".join(f'{sql} as "{name}"' for name, sql in columns.items()) + " from c"
    )


UCI498 = _select(
    received=_AT.format("received_at"),
    resolved=_AT.format("resolved_at"),
    closed=_AT.format("closed_at"),
    priority="case grade when 'p1' then '1 - Critical' when 'p2' then '2 - High' when 'p3' then '3 - Moderate' "
    "when 'p4' then '4 - Low' else grade end",
    reassignments="reassignments::text",
    reopens="reopens::text",
    FCR_A=_rule("FCR_A"),
    FCR_B=_rule("FCR_B"),
    resolution_h=_HOURS.format("resolution_us"),
    paused_user_info_h=_WAIT.format("customer_wait_us"),
    net_h=_HOURS.format("net_resolution_us"),
    made_sla="source_figures->>'made_sla'",
    target_on_time=_kept("resolution"),
)
HELPDESK = _select(
    received=_AT.format("received_at"),
    first_response=_AT.format("first_response_at"),
    resolved_last=_AT.format("resolved_at"),
    closed=_AT.format("closed_at"),
    reassignments="reassignments::text",
    reopens="reopens::text",
    FCR=_rule("FCR"),
    resolution_h=_HOURS.format("resolution_us"),
    wait_h=_WAIT.format("customer_wait_us"),
    net_h=_HOURS.format("net_resolution_us"),
)
"""The columns of the truth file that have a counterpart; the number of source rows (`events`) has none."""
