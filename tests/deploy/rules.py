"""The alerts' borders as a table, and what promtool makes of it."""

import subprocess
from typing import NamedTuple

import yaml

from deploy.prometheus import MONITORING, programs

RULES = [MONITORING / "recording.yml", MONITORING / "alerts.yml"]
MANUAL = "https://here.example/operating"
"""Where somebody reads the manual."""


class Case(NamedTuple):
    """At `at`, with these series (one value each 15 s, or `every`), the alert says `summary` of `of`; or nothing."""

    alert: str
    why: str
    series: dict[str, str]
    at: str
    of: dict[str, str] | None = None
    summary: str = ""
    every: str = "15s"


def sla(name, /, **labels):
    told = "".join(f',{label}="{value}"' for label, value in labels.items())
    return f'{name}{{service="sla"{told}}}'


SLA = {"service": "sla"}
UP = 'up{job="loopdesk",service="sla",instance="sla:8003"}'
REFRESHES = sla("loopdesk_scrape_failures_total", name="kernel")
OWNED, OWNED_TOO = (sla("loopdesk_partitions_owned", topic="cases", instance=one) for one in "ab")
OK, BAD = (sla("loopdesk_http_requests_total", method="GET", route="/clocks", status=status) for status in ("200", "503"))
QUICK, ALL = (sla("loopdesk_http_request_duration_seconds_bucket", le=le) for le in ("2.5", "+Inf"))
SLOWER = sla("loopdesk_http_request_duration_seconds_bucket", le="5")
AS_OF, AS_OF_TOO = (sla("loopdesk_data_as_of_timestamp_seconds", instance=one) for one in "ab")
CLOCK = sla("loopdesk_clock_apart_seconds", instance="sla:8003")
BREACHED, AT_RISK, RUNNING = (
    f'loopdesk_clocks_open{{service="sla",process="p",kind="resolution",status="{status}"}}'
    for status in ("breached", "at_risk", "running")
)
SATISFIED, GIVEN = (
    f'loopdesk_survey_answers_30d{{service="analytics",process="inbound-call",what="{what}"}}' for what in ("satisfied", "given")
)
WAITING, WAITING_TOO = (sla("loopdesk_promises_waiting", calendar="office", instance=one) for one in "ab")
DAYS_LEFT = sla("loopdesk_calendar_days_left", calendar="office")
CALLS = {"process": "inbound-call"}
MEMORY = 'process_resident_memory_bytes{job="loopdesk",service="sla"}'

CASES = [
    Case("ServiceDown", "away for a minute", {UP: "0x8"}, "1m", SLA | {"instance": "sla:8003", "job": "loopdesk"},
         "sla at sla:8003 does not answer"),
    Case("ServiceDown", "a restart", {UP: "0 0 0 1x8"}, "1m"),
    Case("EventMissing", "one gap", {sla("loopdesk_event_gaps_total", topic="cases"): "0x4 1x40"}, "2m",
         SLA | {"topic": "cases"}, "sla found a gap in topic cases"),
    Case("EventMissing", "none", {sla("loopdesk_event_gaps_total", topic="cases"): "1x50"}, "2m"),
    Case("PartitionStopped", "of one instance of two", {sla("loopdesk_partitions_stopped", instance="a"): "0x20",
         sla("loopdesk_partitions_stopped", instance="b"): "1x20"}, "1m", SLA, "sla has stopped 1 partitions; its log says why"),
    Case("PartitionStopped", "none", {sla("loopdesk_partitions_stopped"): "0x20"}, "1m"),
    Case("PartitionsUnowned", "one is nobody's", {OWNED: "6x20", OWNED_TOO: "5x20"}, "2m", SLA | {"topic": "cases"},
         "nobody reads some partitions of cases for sla: 11 of 12 are owned"),
    Case("PartitionsUnowned", "the database is away, and nobody owns any", {OWNED: "0x20"}, "2m", SLA | {"topic": "cases"},
         "nobody reads some partitions of cases for sla: 0 of 12 are owned"),
    Case("PartitionsUnowned", "two share them", {OWNED: "6x20", OWNED_TOO: "6x20"}, "2m"),
    Case("PartitionsUnowned", "taken over in time", {OWNED: "12 0 0 0 0 12x20"}, "2m"),
    Case("PartitionsUnowned", "standards have one", {sla("loopdesk_partitions_owned", topic="standards"): "1x20"}, "2m"),
    Case("KeysParked", "the same two, seen by two instances", {sla("loopdesk_keys_parked", instance="a"): "2x40",
         sla("loopdesk_keys_parked", instance="b"): "2x40"}, "5m", SLA, "sla has set 2 keys aside"),
    Case("KeysParked", "none", {sla("loopdesk_keys_parked"): "0x40"}, "5m"),
    Case("KeysWaiting", "for more than five minutes", {sla("loopdesk_keys_waiting_seconds", reference="process x version 2"):
         "301x20"}, "1m", SLA | {"reference": "process x version 2"}, "cases wait in sla for process x version 2"),
    Case("KeysWaiting", "five minutes", {sla("loopdesk_keys_waiting_seconds", reference="process x version 2"): "300x20"}, "1m"),
    Case("PromisesWaiting", "the same two, seen by two instances", {WAITING: "2x90", WAITING_TOO: "2x90"}, "15m",
         {"calendar": "office"}, "2 promises wait for calendar office"),
    Case("PromisesWaiting", "none", {WAITING: "0x90"}, "15m"),
    Case("CalendarEnding", "89 days", {DAYS_LEFT: "89x90"}, "15m", {"calendar": "office"}, "calendar office ends in 89 days"),
    Case("CalendarEnding", "it has ended", {DAYS_LEFT: "-2x90"}, "15m", {"calendar": "office"},
         "calendar office ends in -2 days"),
    Case("CalendarEnding", "90 days", {DAYS_LEFT: "90x90"}, "15m"),
    Case("LogBehind", "over half a minute", {sla("loopdesk_outbox_oldest_unsent_seconds"): "31x20"}, "2m", SLA,
         "events of sla have waited 31s for the log"),
    Case("LogBehind", "half a minute", {sla("loopdesk_outbox_oldest_unsent_seconds"): "30x20"}, "2m"),
    Case("OutboxFilling", "one more than half", {sla("loopdesk_outbox_unsent_events", instance="a"): "100000x9",
         sla("loopdesk_outbox_unsent_events", instance="b"): "1x9"}, "1m", SLA,
         "100001 events of sla wait for the log; at 200000 it refuses writes"),
    Case("OutboxFilling", "half", {sla("loopdesk_outbox_unsent_events"): "100000x9"}, "1m"),
    Case("ReaderBehind", "over ten thousand in two topics", {sla("loopdesk_reader_lag_events", topic="cases"): "10000x40",
         sla("loopdesk_reader_lag_events", topic="quality"): "1x40"}, "5m", SLA, "sla is 10001 events behind"),
    Case("ReaderBehind", "ten thousand", {sla("loopdesk_reader_lag_events", topic="cases"): "10000x40"}, "5m"),
    Case("BatchesRetried", "every four seconds", {sla("loopdesk_batch_retries_total"): "0+4x60"}, "10m", SLA,
         "sla does the same work again and again"),
    Case("BatchesRetried", "now and then", {sla("loopdesk_batch_retries_total"): "0+3x60"}, "10m"),
    Case("TimersLate", "over a minute", {sla("loopdesk_timers_overdue_seconds"): "61x40"}, "5m", SLA,
         "sla has timers 1m 1s overdue"),
    Case("TimersLate", "a minute", {sla("loopdesk_timers_overdue_seconds"): "60x40"}, "5m"),
    Case("DataOld", "over a minute", {AS_OF: "0x40"}, "7m", SLA, "the data of sla is 7m 0s old"),
    Case("DataOld", "a minute, in the instance that knows more", {AS_OF: "0x40", AS_OF_TOO: "-60+15x40"}, "7m"),
    Case("ClockWrong", "over a second behind", {CLOCK: "-1.1x20"}, "1m", SLA | {"instance": "sla:8003"},
         "the clock of sla:8003 (sla) is 1.1 s from the database's"),
    Case("ClockWrong", "a second ahead", {CLOCK: "1x20"}, "1m"),
    Case("ErrorsAnswered", "one in ten", {OK: "0+90x80", BAD: "0+10x80"}, "10m", SLA,
         "sla answers 10% of its requests with server errors"),
    Case("ErrorsAnswered", "two in a hundred", {OK: "0+98x80", BAD: "0+2x80"}, "10m"),
    Case("ErrorsAnswered", "no request at all", {OK: "5x80"}, "10m"),
    Case("ErrorsAnswered", "all of a handful", {BAD: "0+1x80"}, "10m"),
    Case("AnswersSlow", "all above 2.5 s", {QUICK: "0x100", SLOWER: "0+10x100", ALL: "0+10x100"}, "15m", SLA,
         "one in a hundred requests to sla takes longer than 4.975s"),
    Case("AnswersSlow", "all up to 2.5 s", {QUICK: "0+10x100", SLOWER: "0+10x100", ALL: "0+10x100"}, "15m"),
    Case("FiguresOld", "four in ten minutes", {REFRESHES: "0+1x80"}, "10m", SLA | {"name": "kernel"},
         "sla cannot refresh its figures of kernel; other alerts may be blind"),
    Case("FiguresOld", "one", {REFRESHES: "0x4 1x80"}, "10m"),
    Case("MemoryHigh", "over 1.5 GB", {MEMORY: "1610612736x60"}, "10m", SLA, "sla holds 1.5GiB of memory"),
    Case("MemoryHigh", "1.5 GB", {MEMORY: "1500000000x60"}, "10m"),
    Case("BreachesRising", "from ten to sixteen", {BREACHED: "10x60 16x30", RUNNING: "1x100"}, "80m", {"status": "breached"},
         "16 broken promises are open, at least half as many again as an hour ago", every="1m"),
    Case("BreachesRising", "from none to ten", {BREACHED: "_x60 10x30", RUNNING: "1x100"}, "80m", {"status": "breached"},
         "10 broken promises are open, at least half as many again as an hour ago", every="1m"),
    Case("BreachesRising", "from ten to fifteen", {BREACHED: "10x60 15x30", RUNNING: "1x100"}, "80m", every="1m"),
    Case("BreachesRising", "from one to nine", {BREACHED: "1x60 9x30", RUNNING: "1x100"}, "80m", every="1m"),
    Case("BreachesRising", "nobody watched an hour ago", {BREACHED: "50x30", RUNNING: "1x30"}, "25m", every="1m"),
    Case("PromisesAtRisk", "more than a quarter", {AT_RISK: "11x80", RUNNING: "32x80"}, "16m", {"status": "at_risk"},
         "11 promises will soon break, more than a quarter of those that run", every="1m"),
    Case("PromisesAtRisk", "a quarter", {AT_RISK: "10x80", RUNNING: "30x80"}, "16m", every="1m"),
    Case("PromisesAtRisk", "a handful", {AT_RISK: "9x80", RUNNING: "1x80"}, "16m", every="1m"),
    Case("SatisfactionDown", "by six points", {SATISFIED: "90x167 84x9", GIVEN: "100x200"}, "170h", CALLS,
         "satisfaction with inbound-call is 84%, 5 points or more below last week", every="1h"),
    Case("SatisfactionDown", "by four", {SATISFIED: "90x167 86x9", GIVEN: "100x200"}, "170h", every="1h"),
    Case("SatisfactionDown", "of 29 answers", {SATISFIED: "29x167 1x9", GIVEN: "29x200"}, "170h", every="1h"),
]  # fmt: skip


def shipped(kind):
    """Return the shipped rules of a kind, "alert" or "record", by name."""
    groups = [group for file in RULES for group in yaml.safe_load(file.read_text("utf-8"))["groups"]]
    return {rule[kind]: rule for group in groups for rule in group["rules"] if kind in rule}


def unit_test(case):
    """Return a case as promtool reads it."""
    rule = shipped("alert")[case.alert]
    told = {"description": rule["annotations"]["description"], "runbook_url": f"{MANUAL}#{case.alert.lower()}"}
    annotations = {"summary": case.summary, **told}
    said = [] if case.of is None else [{"exp_labels": rule["labels"] | case.of, "exp_annotations": annotations}]
    return {
        "interval": case.every,
        "external_labels": {"manual": MANUAL},
        "input_series": [{"series": series, "values": values} for series, values in case.series.items()],
        "alert_rule_test": [{"eval_time": case.at, "alertname": case.alert, "exp_alerts": said}],
    }


def promtool(*arguments):
    return subprocess.run([programs() / "promtool", *arguments], capture_output=True, text=True, check=False, timeout=60)


def judged(folder, cases):
    """Return what promtool says of the cases; nothing when all hold."""
    order = [group["name"] for rules in RULES for group in yaml.safe_load(rules.read_text("utf-8"))["groups"]]
    files = [folder / f"cases-{every}.yml" for every in sorted({case.every for case in cases})]
    for file in files:
        every = file.stem.removeprefix("cases-")
        file.write_text(yaml.safe_dump({
            "rule_files": [str(rules) for rules in RULES], "evaluation_interval": every, "group_eval_order": order,
            "tests": [unit_test(case) for case in cases if case.every == every],
        }))  # fmt: skip
    run = promtool("test", "rules", *map(str, files))
    return "" if run.returncode == 0 else run.stdout + run.stderr
