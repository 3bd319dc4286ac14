"""Efficiency 效率: what the work takes, and how often it is handed on or done twice."""

from collections.abc import Iterator

from libs.events.catalogue.standard import Label
from services.analytics.domain.contacts import further_contacts
from services.analytics.domain.figure import Count, arrived, counted
from services.analytics.domain.life import Life


@counted(
    title=Label(en="Node duration", zh="流程节点耗时"),
    kpi="K34",
    unit="microseconds",
    direction="down",
    counts="clock",
    part="node",
    quantiles=True,
    en="Node duration: from entering a node to completing it, waiting and work, on the node's own clock: pauses left out, and "
    "working time where its limit is in wh or wd; on the day of completion. A node without a limit has no clock, and by "
    "standards of form v1 only its first visit has one; node_wait_us and node_work_elapsed_us count every visit, elapsed.",
    zh="流程节点耗时：从进入节点到完成（等待加处理），按节点自身时钟计（扣除暂停；以 wh 或 wd 计的按工作时间），计入完成当日。"
    "无时限的节点没有时钟，v1 格式的标准只计首次访问；node_wait_us 与 node_work_elapsed_us 按自然时间计每次访问。",
)
def node_duration(life: Life) -> Iterator[Count]:
    """Count the nodes' clocks whose work is done."""
    for at, used, run in life.finished("node"):
        yield Count(at, used, team=run.team, agent=run.agent, part=run.node)


@counted(
    title=Label(en="Contacts per case", zh="每单来访联系次数"),
    kpi="K37",
    unit="per case",
    direction="down",
    en="Contacts that came from customers, on the day of each, per case registered, on the day it came. The registration is the "
    "first contact; every later inbound one with a person is one more. Submissions that repeat another one are not counted: "
    "the log does not say yet that a case was merged or is a duplicate.",
    zh="客户来访联系次数（计入发生当日）/ 登记的工单数（计入登记当日）。登记即首次联系，"
    "其后每次与人工的呼入联系各计一次。重复提交不计：事件日志尚未记录合并或重复的工单。",
)
def contacts_per_case(life: Life) -> Iterator[Count]:
    """Count the contacts that come in, and every case."""
    yield from arrived(life, 1, 1)
    for one in further_contacts(life.case, life.came):
        yield Count(one.at, 1, 0, one.team, one.agent)


@counted(
    title=Label(en="Transfers per case", zh="每单转派次数"),
    kpi="K38",
    unit="per case",
    direction="down",
    en="Hand-overs of a case or of the work at a node, to another team, or within a team to another agent, on the day of each "
    "and for who took over, per case registered, on the day it came.",
    zh="工单或节点任务转给其他团队或同一团队内其他客服的次数（计入发生当日，归接手者）/ 登记的工单数（计入登记当日）。",
)
def transfers_per_case(life: Life) -> Iterator[Count]:
    """Count the hand-overs, and every case."""
    yield from arrived(life, 0, 1)
    for one in life.case.transfers:
        yield Count(one.at, 1, 0, one.team, one.agent)


@counted(
    title=Label(en="Reopening rate", zh="重开率"),
    kpi="K38",
    unit="rate",
    direction="down",
    apart=True,
    counts="closing",
    en="Reopenings, on the day of each, of closings, on the day of each; withdrawn cases are left out.",
    zh="重开次数（计入发生当日）/ 关闭次数（计入发生当日）；撤回的工单不计。",
)
def reopening(life: Life) -> Iterator[Count]:
    """Count the reopenings and the closings."""
    for one in life.case.reopenings:
        yield Count(one.at, 1, 0, one.team, one.agent)
    # One that was withdrawn adds nothing at that instant, as with every figure.
    for one in life.case.closings:
        yield Count(one.at, 0, 1, one.team, one.agent)


@counted(
    title=Label(en="Automated first answers", zh="首次答复自动化率"),
    kpi="K39",
    unit="rate",
    direction="up",
    en="First answers that a machine gave, of first answers, on the day of each: the first contact of a case that a person "
    "answered, or that a machine sent with purpose response. Nodes are in neither number: the log does not say yet whether a "
    "machine or a person completed one.",
    zh="由机器给出的首次答复 / 首次答复总数，计入答复当日：首个由人工答复的联系，或机器以答复为目的发出的联系。"
    "节点不计：事件日志尚未记录节点由机器还是人工完成。",
)
def automated_answers(life: Life) -> Iterator[Count]:
    """Count the first answer, by a person or a machine."""
    sent = ("outbound", "response")
    for one in life.case.contacts:
        if one.response or (one.automated and (one.direction, one.purpose) == sent):
            yield Count(one.at, int(one.automated), 1, one.team, one.agent)
            break


@counted(
    title=Label(en="Class mix", zh="服务类别占比"),
    kpi="K40",
    unit="share",
    share="class",
    expected={"routine": 0.7, "urgent": 0.2, "complex": 0.1},
    en="Class mix: the share of each service class in the cases received, by the class that each had when the day ended on which "
    "it came. The handbook expects about 70, 20 and 10 of 100 for routine, urgent and complex; a share drifts when it is more "
    "than 5 percentage points away, of 10 cases or more.",
    zh="服务类别占比：当日收到的工单中各服务类别所占比例，以登记当日结束时的类别为准。手册预期常规、紧急、复杂约为 70、20、10%；"
    "工单不少于 10 件且占比相差超过 5 个百分点即为偏离。",
)
def class_mix(life: Life) -> Iterator[Count]:
    """Count every case under its class."""
    yield from arrived(life, 1, 0)
