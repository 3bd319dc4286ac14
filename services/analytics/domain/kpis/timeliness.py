"""Timeliness 时效: how long the customer waits, and how many wait too long."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from libs.events.catalogue.phases import WITHDRAWN
from libs.events.catalogue.promise import Unit, read_limit
from libs.events.catalogue.standard import Label
from libs.events.words.now import moved
from services.analytics.domain.case import Step
from services.analytics.domain.clocks import Clock
from services.analytics.domain.durations import micros, waited_us
from services.analytics.domain.figure import Count, counted
from services.analytics.domain.life import Life


@counted(
    title=Label(en="Average response time", zh="平均响应时间"),
    kpi="K02",
    unit="microseconds",
    direction="down",
    quantiles=True,
    en="From registration to the first answer of a person, less the time spent waiting for the customer (exception "
    "awaiting_customer) in between; on the day of that answer. An answer is an inbound contact that a named agent took, or an "
    "outbound one with purpose response. What a machine says is none; automated_answers counts it.",
    zh="从登记到首次人工答复的时间，扣除其间等待客户（awaiting_customer）的时间，计入答复当日。"
    "答复指由具名客服接听的呼入联系，或目的为答复的外呼联系。自动答复不计，另见 automated_answers。",
)
def first_answer(life: Life) -> Iterator[Count]:
    """Count the first answer of a person."""
    answer = next((one for one in life.case.contacts if one.response), None)
    took = micros(life.came.at, answer.at) if answer else None
    if answer and took is not None:
        waited = waited_us(life.case, life.came.at, answer.at) if life.case.waits else 0
        yield Count(answer.at, took - waited, team=answer.team, agent=answer.agent)


@counted(
    title=Label(en="Handling cycle", zh="平均处理周期"),
    kpi="K04",
    unit="microseconds",
    direction="down",
    counts="clock",
    quantiles=True,
    en="Handling cycle: the working time that the promise of kind cycle used from registration to the end of the cycle that the "
    "process standard names, pauses left out; on the day of that end. Cycles that the standard promises in wd count, no others. "
    "How many working days that is, the hours of the calendar say: the log has no amount of working days.",
    zh="平均处理周期：流程标准中 cycle 类时限自登记至周期结束所用的工作时间（扣除暂停），计入周期结束当日；"
    "仅计标准以 wd 承诺的周期。折合多少个工作日取决于日历的工作时间：事件日志中没有工作日数。",
)
def handling_cycle(life: Life) -> Iterator[Count]:
    """Count the cycles whose end came."""
    for at, used, run in _cycles(life):
        yield Count(at, used, team=run.team, agent=run.agent)


@counted(
    title=Label(en="Handling cycles in time", zh="处理周期达标率"),
    kpi="K04",
    unit="rate",
    direction="up",
    counts="clock",
    en="Handling cycles that ended within the working days that the standard promises (the handbooks' standard says 5, of urgent "
    "cases 3), of those that ended; on the day of that end. Cycles that the standard promises in wd count, no others.",
    zh="在标准承诺的工作日内结束的处理周期（手册标准为 5 个，紧急为 3 个工作日）/ 已结束的处理周期，计入结束当日；"
    "仅计标准以 wd 承诺的周期。",
)
def handling_cycle_in_time(life: Life) -> Iterator[Count]:
    """Count the cycles whose end came, and those that were in time."""
    for at, _, run in _cycles(life):
        yield Count(at, int(run.status == "met"), team=run.team, agent=run.agent)


def _cycles(life: Life) -> Iterator[tuple[datetime, int, Clock]]:
    for at, used, run in life.finished("cycle"):
        limit = read_limit(run.allowance)
        if limit is not None and limit.unit is Unit.WORKING_DAYS:
            yield at, used, run


@counted(
    title=Label(en="Unhandled at 24 hours", zh="24小时未处理率"),
    kpi="K05",
    unit="rate",
    direction="down",
    settles=timedelta(hours=24),
    awaits=True,
    en="Cases not resolved within 24 hours of registration, whatever the outcome, of those received on the day; cases "
    "cancelled by then are left out. A day has a figure when its last case is 24 hours old.",
    zh="登记后 24 小时内未解决（无论结果）的工单数 / 当日收到的工单数；届时已取消的不计。当日最后一单满 24 小时后才有数值。",
)
def unhandled_after_24h(life: Life) -> Iterator[Count]:
    """Count every case, and those that were not resolved."""
    yield from _open_after(life, timedelta(hours=24), life.case.resolutions)


@counted(
    title=Label(en="Open at 72 hours", zh="72小时未闭环率"),
    kpi="K06",
    unit="rate",
    direction="down",
    settles=timedelta(hours=72),
    awaits=True,
    en="Cases not closed within 72 hours of registration, of those received on the day; cases cancelled by then are left out. A "
    "day has a figure when its last case is 72 hours old.",
    zh="登记后 72 小时内未关闭的工单数 / 当日收到的工单数；届时已取消的不计。当日最后一单满 72 小时后才有数值。",
)
def open_after_72h(life: Life) -> Iterator[Count]:
    """Count every case, and those that were not closed."""
    yield from _open_after(life, timedelta(hours=72), [one for one in life.case.closings if one.outcome != WITHDRAWN])


def _open_after(life: Life, limit: timedelta, ends: Sequence[Step]) -> Iterator[Count]:
    until = moved(life.came.at, limit)
    if not life.is_cancelled(until):
        yield Count(None, int(not ends or ends[0].at > until))


@counted(
    title=Label(en="Answered within 24 hours", zh="24小时响应率"),
    kpi="K07",
    unit="rate",
    direction="up",
    awaits=True,
    en="Cases that a person answered within 24 hours of registration, of all; on the day that is 48 hours after it. "
    "Cases cancelled "
    "by then are left out.",
    zh="登记后 24 小时内得到人工答复的工单数 / 全部工单数，计入登记后满 48 小时当日；届时已取消的不计。",
)
def answered_within_24h(life: Life) -> Iterator[Count]:
    """Count every case that is 48 hours old."""
    answer = next((one.at for one in life.case.contacts if one.response), None)
    in_time = answer is not None and answer <= moved(life.came.at, timedelta(hours=24))
    yield Count(moved(life.came.at, timedelta(hours=48)), int(in_time))


@counted(
    title=Label(en="Initial handling within 48 hours", zh="48小时初步处理率"),
    kpi="K07",
    unit="rate",
    direction="up",
    awaits=True,
    en="Cases of which a node of initial handling was completed within 48 hours of registration, of those whose process standard "
    "names such nodes; on the day that is 48 hours after it. Cases cancelled by then are left out.",
    zh="登记后 48 小时内完成初步处理环节的工单数 / 流程标准指定了初步处理环节的工单数，"
    "计入登记后满 48 小时当日；届时已取消的不计。",
)
def handled_within_48h(life: Life) -> Iterator[Count]:
    """Count every case that is 48 hours old and has nodes of initial handling."""
    until, pin = moved(life.came.at, timedelta(hours=48)), life.case.pinned
    if pin and pin.at <= until:
        done = [one.completed_at for one in life.case.visits if one.node in pin.initial_handling and one.completed_at]
        yield Count(until, int(any(at <= until for at in done)))


@counted(
    title=Label(en="Approval lead time", zh="审批时效"),
    kpi="K10",
    unit="microseconds",
    direction="down",
    counts="decision",
    part="gate",
    quantiles=True,
    en="Approval lead time: from asking for a decision at a node to its being made, approved or rejected, elapsed; on the day "
    "it was made, for the team that did the work. A decision that was asked for again after a return counts again; one that was "
    "never made does not count.",
    zh="审批时效：节点上自申请审批至作出决定（通过或驳回）的自然时间，计入作出决定当日，归办理该节点的团队。"
    "退回后再次申请的审批另计；未作出的决定不计。",
)
def approval(life: Life) -> Iterator[Count]:
    """Count the decisions that were made."""
    for one in life.case.decisions:
        took = micros(one.asked_at, one.decided_at)
        if took is not None:
            yield Count(one.decided_at, took, team=one.team, part=one.gate)


@counted(
    title=Label(en="Waiting by reason", zh="按原因的等待时间"),
    kpi="",
    unit="microseconds",
    direction="down",
    counts="wait",
    part="reason",
    quantiles=True,
    en="From the raising of an exception to its end, by its code, elapsed; on the day of its end, for who held the case when it "
    "was raised. Exceptions that last at once each count for their own time. How long they held promises, each stretch once, is "
    "what GET /pauses of sla sums. One that still lasts does not count.",
    zh="异常自发生到结束的自然时间，按异常代码区分；计入结束当日，归发生时持有工单者。同时存在的异常各计各的时间；"
    "它们共同暂停承诺的时间（每段只计一次）见 sla 的 GET /pauses。尚未结束的不计。",
)
def waiting(life: Life) -> Iterator[Count]:
    """Count the abnormal situations that are over."""
    for one in life.case.waits:
        end = one.ended or one.until
        took = micros(one.since, end)
        if took is not None:
            yield Count(end, took, team=one.team, agent=one.agent, part=one.code)
