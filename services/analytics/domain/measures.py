"""What each figure means: named, written definitions, in the two languages of the people who argue about them."""

from libs.events.catalogue.standard import Label
from services.analytics.domain.figure import Figure


def _rate(
    name: str,
    columns: tuple[str, str],
    en: str,
    zh: str,
    *,
    view: str,
    kpi: str = "",
    where: str = "",
    unit: str = "rate",
    direction: str = "up",
    counts: str = "case",
    part: str = "",
) -> Figure:
    return Figure(
        name=name,
        unit=unit,
        definition=Label(en=en, zh=zh),
        view=view,
        numerator=columns[0],
        denominator=columns[1],
        where=where,
        kpi=kpi,
        direction=direction,
        counts=counts,
        part=part,
    )


def _plain(name: str, unit: str, en: str, zh: str, *, view: str = "cases", kpi: str = "") -> Figure:
    """Return a figure that is no sum of days: a column of the cases, or one that the view has by another name."""
    label, column = Label(en=en, zh=zh), name if view == "cases" else ""
    return Figure(name=name, view=view, unit=unit, definition=label, numerator=column, denominator="", kpi=kpi, direction="down")


def _done(column: str, en: str, zh: str) -> Figure:
    """Return how often something was done: a column of the rollup of work."""
    name, label = f"workload.{column}", Label(en=en, zh=zh)
    return Figure(name=name, view="workload", unit="count", definition=label, numerator=column, denominator="", counts="event")


KEY_FIGURES = {
    "K01": Label(en="On-time response rate", zh="需求响应及时率"),
    "K02": Label(en="Average response time", zh="平均响应时间"),
    "K03": Label(en="Resolution time and on-time rate", zh="问题解决时效"),
    "K04": Label(en="Handling cycle", zh="平均处理周期"),
    "K05": Label(en="Unhandled at 24 hours", zh="24小时未处理率"),
    "K06": Label(en="Open at 72 hours", zh="72小时未闭环率"),
    "K07": Label(en="Response in 24 hours, initial handling in 48", zh="24小时响应、48小时初步处理"),
    "K15": Label(en="Customer satisfaction", zh="客户满意度"),
    "K17": Label(en="First contact resolution", zh="一次解决率"),
    "K19": Label(en="Closure rate", zh="闭环率"),
    "K20": Label(en="Resolution rate", zh="问题解决率"),
    "K21": Label(en="Complaint rate", zh="投诉率"),
    "K34": Label(en="Node duration", zh="流程节点耗时"),
    "K37": Label(en="Repeat submission and contact", zh="重复提交与沟通"),
    "K38": Label(en="Transfers and reopenings", zh="转派与重开率"),
    "K39": Label(en="Automation rate", zh="自动化率"),
    "K40": Label(en="Class mix", zh="服务类别占比"),
    "K47": Label(en="Channel mix", zh="渠道占比"),
}
"""The numbers that `kpi` may say, and their names in the handbooks."""

MEASURES: tuple[Figure, ...] = (
    _rate(
        "satisfaction",
        ("satisfied", "answers"),
        "Cases whose last answer of the day says 4 or 5 of 5 overall, of cases with an answer on that day. Answers of cases that "
        "had ended without their need being met (rejected, unreachable, withdrawn) are counted apart.",
        "当日最后一次回答总体评分为 4 或 5（满分 5）的工单数 / 当日有回答的工单数；"
        "未满足需求而结束（拒绝、联系不上、撤回）的工单的回答另计。",
        view="satisfaction",
        counts="answer",
        kpi="K15",
    ),
    _rate(
        "satisfaction_score",
        ("score_sum", "answers"),
        "Mean overall score (1 to 5) of each case's last answer of the day, counted as in satisfaction.",
        "各工单当日最后一次回答的总体评分（1 至 5）平均值，口径同 satisfaction。",
        unit="points",
        view="satisfaction",
        counts="answer",
    ),
    _rate(
        "timeliness",
        ("met", "decided"),
        "Clocks of every kind met, of those met or breached, ended late or never; on the day that was decided. What was decided "
        "stays, also when the case is cancelled later.",
        "各类时钟中按时完成的时钟数 / 按时与超时的时钟总数（含逾期完成或从未完成的）；计入结果确定当日；"
        "已确定的结果不因之后取消而改变。",
        view="timeliness",
        counts="clock",
        part="clock",
    ),
    _rate(
        "timeliness_by_kind",
        ("met", "decided"),
        "As timeliness, by the kind of clock: response, resolution, cycle, node, or another word of the process standard.",
        "同 timeliness，按时钟类别（response、resolution、cycle、node 或流程标准中的其他类别）区分。",
        view="timeliness",
        counts="clock",
        part="kind",
    ),
    _rate(
        "timeliness_of_ended",
        ("met", "ended"),
        "Clocks of every kind met, of those whose work was finished, on time or late; on the day it was finished.",
        "按时完成的时钟数 / 工作已完成（按时或逾期）的时钟数；计入完成当日。",
        view="timeliness",
        counts="clock",
        part="clock",
    ),
    _rate(
        "response_timeliness",
        ("met", "decided"),
        "On-time response rate: response clocks met, of response clocks met or breached; on the day that was decided.",
        "需求响应及时率：按时完成的响应时钟数 / 按时与超时的响应时钟总数；计入结果确定当日。",
        view="timeliness",
        counts="clock",
        part="clock",
        where="kind = 'response'",
        kpi="K01",
    ),
    _rate(
        "resolution_timeliness",
        ("met", "ended"),
        "On-time rate of resolution: resolution clocks met, of resolution clocks whose work was finished, on time or late; on "
        "the day it was finished.",
        "问题解决及时率：按时完成的解决时钟数 / 工作已完成（按时或逾期）的解决时钟数；计入完成当日。",
        view="timeliness",
        counts="clock",
        part="clock",
        where="kind = 'resolution'",
        kpi="K03",
    ),
    _plain(
        "first_response_us",
        "microseconds",
        "From registration to the first answer of a person, elapsed: an inbound contact that a named agent took, or an outbound "
        "one with purpose response. What a machine says is none. K02 is first_answer, which leaves waiting for the customer out.",
        "从登记到首次人工答复（由具名客服接听的呼入联系，或目的为答复的外呼联系）的自然时间；自动答复不计。",
    ),
    _plain(
        "resolution_us",
        "microseconds",
        "From registration to the last resolution, elapsed, if the need was met by it.",
        "从登记到最后一次解决的自然时间（须满足需求）。",
        kpi="K03",
    ),
    _plain(
        "net_resolution_us",
        "microseconds",
        "Resolution time less the time spent waiting for the customer (exception awaiting_customer) within it.",
        "解决时间减去其间等待客户（awaiting_customer）的时间。",
        kpi="K03",
    ),
    _plain(
        "close_us",
        "microseconds",
        "From registration to the last closing, elapsed. The handling cycle (K04) ends at a node and counts working days; it is "
        "another figure.",
        "从登记到最后一次关闭的自然时间。平均处理周期（K04）止于指定环节并按工作日计算，是另一个指标。",
    ),
    _plain(
        "reassignments",
        "count",
        "Hand-overs to another team or, within a team, another agent; the source's own counter where stated.",
        "转给其他团队或同一团队内其他客服的次数；来源系统有自身计数时以其为准。",
    ),
    _plain("reopens", "count", "Times a resolved or closed case went back to work.", "已解决或已关闭后重新处理的次数。"),
    _plain(
        "backlog",
        "cases",
        "Cases received by the instant and unresolved at it; not_closed, beside it, those neither closed nor cancelled at it. By "
        "who held them at that instant; what happens later changes nothing.",
        "在该时刻或之前收到且届时尚未解决的工单数；not_closed 为届时既未关闭也未取消的工单数；"
        "按该时刻的负责人统计，之后发生的事不改变结果。",
        view="backlog(as_of)",
    ),
    _plain(
        "workload",
        "count",
        "Cases registered, assignments, resolutions, closings, reopenings and contacts between persons, each on its own day. "
        "Not per head: who was on duty is not known here.",
        "登记、分派、解决、关闭、重开与人工联系的次数，各计入发生当日。并非人均：此处不知道在岗人数。",
        view="workload",
    ),
    Figure(
        name="outcomes",
        view="outcomes",
        unit="cases",
        counts="ending",
        part="outcome",
        denominator="",
        definition=Label(
            en="How cases ended, each time one did: by its resolution, by closing without one, or by cancellation (withdrawn). "
            "Only resolved says that the need was met.",
            zh="工单每次结束的方式：解决、未经解决而关闭，或取消（withdrawn）。只有 resolved 表示需求得到满足。",
        ),
        numerator="cases",
    ),
    _done("registered", "Cases registered.", "登记的工单数。"),
    _done("assigned", "Assignments of a case to a team or an agent.", "工单分派次数。"),
    _done(
        "resolved",
        "Resolutions by which the need was met, each one if a case has several.",
        "满足需求的解决次数（一单多次均计）。",
    ),
    _done("closed", "Closings.", "关闭次数。"),
    _done("reopened", "Reopenings.", "重开次数。"),
    _done("contacts", "Contacts between persons; automatic ones left out.", "人工联系次数（自动联系不计）。"),
    _rate(
        "node_wait_us",
        ("wait_us", "waits"),
        "From entering a node to the start of work there, elapsed: nights and days off count; mean "
        "over completed visits where both are known.",
        "从进入节点到开始处理的自然时间（含夜间与休息日）；对两者均已知的已完成访问取平均。",
        view="node_durations",
        counts="visit",
        part="node",
        direction="down",
        unit="microseconds",
    ),
    _rate(
        "node_work_elapsed_us",
        ("work_elapsed_us", "worked"),
        "From the start of work at a node to its completion, elapsed: nights, days off and waits count; "
        "mean over completed visits where both are known.",
        "从节点开始处理到完成的自然时间（含夜间、休息日与等待）；对两者均已知的已完成访问取平均。",
        view="node_durations",
        counts="visit",
        part="node",
        direction="down",
        unit="microseconds",
    ),
)
"""All but first contact resolution, whose rules stand side by side in first_contact.py."""
