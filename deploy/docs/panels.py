"""The panels of the two dashboards: the services' health, and the business (in English and Chinese)."""

from dataclasses import dataclass

THIRD, SIXTH = 8, 4


@dataclass(frozen=True, slots=True)
class Panel:
    """One picture: its title and explanation, its unit and width; `legend` names the lines."""

    title: str
    text: str
    expr: str
    unit: str = "short"
    legend: str = "{{service}}"
    kind: str = "timeseries"
    width: int = THIRD


def _number(title: str, text: str, expr: str, unit: str = "short", legend: str = "{{service}}") -> Panel:
    return Panel(title, text, expr, unit, legend, kind="stat", width=SIXTH)


_OF = '{service=~"$service"}'
_RATE = f"{_OF}[$__rate_interval]"
_JOB = '{job="loopdesk",service=~"$service"}'

HEALTH = (
    _number("Services up", "Instances that answer /metrics. If one does not, ServiceDown wakes somebody.",
            f"sum(up{_JOB})"),
    _number("Partitions stopped", "Stopped because reading on would make tables wrong. Always 0.",
            f"sum(loopdesk_partitions_stopped{_OF})"),
    _number("Keys parked", "Cases set aside because an event about them could not be handled; see `loopdesk parked`. 0 is right.",
            f"sum(service:loopdesk_keys_parked:max{_OF})"),
    _number("Events missing", "Numbers missing in the sequence of a source, found in the time shown. Always 0.",
            f"sum(increase(loopdesk_event_gaps_total{_OF}[$__range]))"),
    _number("Alerts firing", "Alerts of all kinds; docs/operating.md has a section for each.",
            'count(ALERTS{alertstate="firing"}) or vector(0)'),
    _number("Waiting for the log", "Events written and not yet on the log. Above 200,000 a service refuses writes.",
            f"sum(service:loopdesk_outbox_unsent_events:sum{_OF})"),
    Panel("Requests", "Requests answered a second.", f"service:loopdesk_http_requests:rate5m{_OF}", "reqps"),
    Panel("Server errors", "The share of requests that got a 5xx.", f"service:loopdesk_http_errors:ratio5m{_OF}", "percentunit"),
    Panel("Requests being answered", "At this moment. If a line only rises, something hangs.",
          f"sum by (service) (loopdesk_http_requests_in_flight{_OF})"),
    Panel("Time to answer, median", "Half of the requests are quicker.",
          f"service:loopdesk_http_request_duration_seconds:p50_5m{_OF}", "s"),
    Panel("Time to answer, 99 of 100", "One in a hundred is slower. A Position header may wait up to 5 s.",
          f"service:loopdesk_http_request_duration_seconds:p99_5m{_OF}", "s"),
    Panel("Busiest routes", "The eight with the most requests.",
          f"topk(8, sum by (service, method, route) (rate(loopdesk_http_requests_total{_RATE})))", "reqps",
          "{{service}} {{method}} {{route}}"),
    Panel("Reader lag", "Events on the log not yet read. It comes back to 0 between bursts.",
          f"service:loopdesk_reader_lag_events:sum{_OF}"),
    Panel("Oldest event not on the log", "How long the oldest has waited for the relay.",
          f"service:loopdesk_outbox_oldest_unsent_seconds:max{_OF}", "s"),
    Panel("Timers overdue", "How long the oldest timer has been due. Breaches still carry their right instants.",
          f"service:loopdesk_timers_overdue_seconds:max{_OF}", "s"),
    Panel("Events read", "Events read from the log a second.", f"service:loopdesk_events_read:rate5m{_OF}", "ops"),
    Panel("Events said", "Events sent to the log a second.", f"service:loopdesk_events_said:rate5m{_OF}", "ops"),
    Panel("Timers fired", "Cases looked at because a timer was due, a second.",
          f"sum by (service) (rate(loopdesk_timers_fired_total{_RATE}))", "ops"),
    Panel("Partitions owned", "12 of cases and quality, 1 of standards for each service, whatever the number of instances.",
          f"service_topic:loopdesk_partitions_owned:sum{_OF}", legend="{{service}} {{topic}}"),
    Panel("Batches done again", "After a conflict or an outage. A few are normal.",
          f"sum by (service) (increase(loopdesk_batch_retries_total{_RATE}))"),
    Panel("Duplicates dropped", "Read before and dropped. They come after each restart and are harmless.",
          f"sum by (service) (increase(loopdesk_events_duplicate_total{_RATE}))"),
    Panel("Memory", "Of the largest instance.", f"max by (service) (process_resident_memory_bytes{_JOB})", "bytes"),
    Panel("Processor", "Of all instances together; 100 % is one core.",
          f"sum by (service) (rate(process_cpu_seconds_total{_JOB}[$__rate_interval]))", "percentunit"),
    Panel("Open files", "Connections are files too.", f"max by (service) (process_open_fds{_JOB})"),
)  # fmt: skip

_PROCESS = 'process=~"$process"'

BUSINESS = (
    _number(
        "Open cases / 未结工单",
        "Cases that are not closed. / 尚未关闭的工单数。",
        f"sum(process:loopdesk_cases_open:max{{{_PROCESS}}})",
    ),
    _number(
        "Broken promises open / 已超时",
        "Promises that are broken and whose work is not finished. / 已超时且尚未完成的时限数。",
        f'sum(process_status:loopdesk_clocks_open:max{{status="breached",{_PROCESS}}}) or vector(0)',
    ),
    _number(
        "At risk / 即将超时",
        "Promises that will soon break if nothing happens. / 若不处理即将超时的时限数。",
        f'sum(process_status:loopdesk_clocks_open:max{{status="at_risk",{_PROCESS}}}) or vector(0)',
    ),
    _number(
        "On time, 30 days / 及时率（30天）",
        "Promises kept, of those decided in the last 30 days, for each kind. / 近30天内已有结果的各类时限中按时完成的比例。",
        f'sum by (kind) (max by (process, kind) (loopdesk_promises_30d{{what="kept",{_PROCESS}}})) '
        f"/ sum by (kind) (max by (process, kind, what) (loopdesk_promises_30d{{{_PROCESS}}}))",
        "percentunit",
        "{{kind}}",
    ),
    _number(
        "First contact resolution, 30 days / 一次解决率（30天）",
        "Cases resolved at first contact, of those resolved in the last 30 days. / 近30天解决的工单中首次接触即解决的比例。",
        f'sum(max by (process) (loopdesk_first_contacts_30d{{what="first",{_PROCESS}}})) '
        f'/ sum(max by (process) (loopdesk_first_contacts_30d{{what="resolved",{_PROCESS}}}))',
        "percentunit",
    ),
    _number(
        "Satisfaction, 30 days / 满意度（30天）",
        "Answers of 4 or 5 of 5, of those given in the last 30 days. / 近30天回答中评分为4或5（满分5）的比例。",
        f'sum(max by (process) (loopdesk_survey_answers_30d{{what="satisfied",{_PROCESS}}})) '
        f'/ sum(max by (process) (loopdesk_survey_answers_30d{{what="given",{_PROCESS}}}))',
        "percentunit",
    ),
    Panel(
        "Open cases by process / 各流程未结工单",
        "If a line only rises, more comes in than is closed. / 持续上升表示登记多于关闭。",
        f"process:loopdesk_cases_open:max{{{_PROCESS}}}",
        legend="{{process}}",
    ),
    Panel(
        "Where cases stand / 工单所处环节",
        "Open cases by phase and node: where work piles up. / 按阶段与环节统计的未结工单：工作积压之处。",
        f"sum by (phase, node) (max by (process, phase, node) (loopdesk_cases_open{{{_PROCESS}}}))",
        legend="{{phase}} {{node}}",
    ),
    Panel(
        "Cases registered per hour / 每小时登记",
        "Cases that came in during the hour before. / 此前一小时内登记的工单数。",
        f"sum by (process) (max by (process, channel) (delta(loopdesk_cases{{{_PROCESS}}}[1h])))",
        legend="{{process}}",
    ),
    Panel(
        "Promises running / 进行中的时限",
        "Unfinished promises by status. / 按状态统计的未完成时限。",
        f"sum by (status) (process_status:loopdesk_clocks_open:max{{{_PROCESS}}})",
        legend="{{status}}",
    ),
    Panel(
        "Why promises are paused / 暂停原因",
        "Unfinished promises that are paused, by the exception that holds them. / 按异常原因统计的暂停中的时限。",
        f'sum by (reason) (max by (process, kind, status, reason) (loopdesk_clocks_open{{status="paused",{_PROCESS}}}))',
        legend="{{reason}}",
    ),
    Panel(
        "On time by process, 30 days / 各流程及时率（30天）",
        "Promises kept, of those decided, for each kind of promise. / 各类时限中按时完成的比例。",
        f"process_kind:loopdesk_promises_30d:on_time_ratio{{{_PROCESS}}}",
        "percentunit",
        "{{process}} {{kind}}",
    ),
    Panel(
        "Promises broken, 30 days / 超时数（30天）",
        "Promises broken in the last 30 days, for each kind. / 近30天各类时限的超时数。",
        f'max by (process, kind) (loopdesk_promises_30d{{what="broken",{_PROCESS}}})',
        legend="{{process}} {{kind}}",
    ),
    Panel(
        "First contact resolution by process / 各流程一次解决率",
        "The rule is `one_contact`; the others are in analytics.first_contact_resolution. "
        "/ 规则为 one_contact，其他规则见 analytics.first_contact_resolution。",
        f"process:loopdesk_first_contacts_30d:ratio{{{_PROCESS}}}",
        "percentunit",
        "{{process}}",
    ),
    Panel(
        "Resolved at once, of all contacts / 占全部来访联系的一次解决率",
        "The gross (all) and net (first_level) rates known in the field, 30 days: `field_gross` and `field_net` of "
        "analytics.first_contact_resolution. / 业内所称 gross（all）与 net（first_level），近30天。",
        f'max by (process) (loopdesk_incoming_contacts_30d{{what="first",{_PROCESS}}}) '
        f'/ ignoring (what) group_right () max by (process, what) (loopdesk_incoming_contacts_30d{{what!="first",{_PROCESS}}})',
        "percentunit",
        "{{process}} {{what}}",
    ),
    Panel(
        "Satisfaction by process / 各流程满意度",
        "Answers of 4 or 5 of 5; a handful of answers says little. / 评分为4或5的比例；回答很少时参考意义有限。",
        f"process:loopdesk_survey_answers_30d:satisfied_ratio{{{_PROCESS}}}",
        "percentunit",
        "{{process}}",
    ),
    Panel(
        "Surveys / 满意度调查",
        "Invitations by outcome, of all processes. / 按结果统计的调查邀请（全部流程）。",
        "max by (status) (loopdesk_surveys)",
        legend="{{status}}",
    ),
)
