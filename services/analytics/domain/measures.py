"""What each figure means: named, written definitions, in the two languages of the people who argue about them."""

from services.analytics.domain.figure import Figure, label


def _rate(
    name: str,
    title: tuple[str, str],
    columns: tuple[str, str],
    en: str,
    zh: str,
    *,
    view: str,
    group: str = "timeliness",
    kpi: str = "",
    where: str = "",
    unit: str = "rate",
    direction: str = "up",
    counts: str = "case",
    part: str = "",
) -> Figure:
    return Figure(
        name=name,
        title=label(*title),
        unit=unit,
        definition=label(en, zh),
        view=view,
        group=group,
        numerator=columns[0],
        denominator=columns[1],
        where=where,
        kpi=kpi,
        direction=direction,
        counts=counts,
        part=part,
    )


def _done(column: str, title: tuple[str, str], en: str, zh: str) -> Figure:
    """Return how often something was done: a column of the rollup of work."""
    return Figure(
        name=f"workload.{column}",
        title=label(*title),
        view="workload",
        group="efficiency",
        unit="count",
        definition=label(en, zh),
        numerator=column,
        denominator="",
        counts="event",
    )


MEASURES: tuple[Figure, ...] = (
    _rate(
        "satisfaction",
        ("Customer satisfaction", "客户满意度"),
        ("satisfied", "answers"),
        "Cases whose last answer of the day says 4 or 5 of 5 overall, of cases with an answer on that day. Answers of cases that "
        "had ended without their need being met (rejected, unreachable, withdrawn) are counted apart.",
        "当日最后一次回答总体评分为 4 或 5（满分 5）的工单数 / 当日有回答的工单数；"
        "未满足需求而结束（拒绝、联系不上、撤回）的工单的回答另计。",
        view="satisfaction",
        group="quality",
        counts="answer",
        kpi="K15",
    ),
    _rate(
        "satisfaction_score",
        ("Satisfaction score", "满意度平均分"),
        ("score_sum", "answers"),
        "Mean overall score (1 to 5) of each case's last answer of the day, counted as in satisfaction.",
        "各工单当日最后一次回答的总体评分（1 至 5）平均值，口径同 satisfaction。",
        unit="points",
        view="satisfaction",
        group="quality",
        counts="answer",
    ),
    _rate(
        "timeliness",
        ("Promises kept", "时效达成率"),
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
        ("Promises kept, by kind", "时效达成率（按类别）"),
        ("met", "decided"),
        "As timeliness, by the kind of clock: response, resolution, cycle, node, or another word of the process standard.",
        "同 timeliness，按时钟类别（response、resolution、cycle、node 或流程标准中的其他类别）区分。",
        view="timeliness",
        counts="clock",
        part="kind",
    ),
    _rate(
        "timeliness_of_ended",
        ("Work finished in time", "按时完成率"),
        ("met", "ended"),
        "Clocks of every kind met, of those whose work was finished, on time or late; on the day it was finished.",
        "按时完成的时钟数 / 工作已完成（按时或逾期）的时钟数；计入完成当日。",
        view="timeliness",
        counts="clock",
        part="clock",
    ),
    _rate(
        "response_timeliness",
        ("On-time response rate", "需求响应及时率"),
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
        ("On-time resolution rate", "问题解决及时率"),
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
    Figure(
        name="outcomes",
        title=label("How cases ended", "工单结束方式"),
        view="outcomes",
        group="quality",
        unit="cases",
        counts="ending",
        part="outcome",
        denominator="",
        definition=label(
            "How cases ended, each time one did: by its resolution, by closing without one, or by cancellation (withdrawn). "
            "Only resolved says that the need was met.",
            "工单每次结束的方式：解决、未经解决而关闭，或取消（withdrawn）。只有 resolved 表示需求得到满足。",
        ),
        numerator="cases",
    ),
    _done("registered", ("Cases registered", "登记工单数"), "Cases registered.", "登记的工单数。"),
    _done("assigned", ("Assignments", "分派次数"), "Assignments of a case to a team or an agent.", "工单分派次数。"),
    _done(
        "resolved",
        ("Resolutions", "解决次数"),
        "Resolutions by which the need was met, each one if a case has several.",
        "满足需求的解决次数（一单多次均计）。",
    ),
    _done("closed", ("Closings", "关闭次数"), "Closings.", "关闭次数。"),
    _done("reopened", ("Reopenings", "重开次数"), "Reopenings.", "重开次数。"),
    _done(
        "contacts",
        ("Contacts between persons", "人工联系次数"),
        "Contacts between persons; automatic ones left out.",
        "人工联系次数（自动联系不计）。",
    ),
    _rate(
        "node_wait_us",
        ("Wait at a node", "节点等待时间"),
        ("wait_us", "waits"),
        "From entering a node to the start of work there, elapsed: nights and days off count; mean "
        "over completed visits where both are known.",
        "从进入节点到开始处理的自然时间（含夜间与休息日）；对两者均已知的已完成访问取平均。",
        view="node_durations",
        group="efficiency",
        counts="visit",
        part="node",
        direction="down",
        unit="microseconds",
    ),
    _rate(
        "node_work_elapsed_us",
        ("Work at a node, elapsed", "节点处理时间（自然时间）"),
        ("work_elapsed_us", "worked"),
        "From the start of work at a node to its completion, elapsed: nights, days off and waits count; "
        "mean over completed visits where both are known.",
        "从节点开始处理到完成的自然时间（含夜间、休息日与等待）；对两者均已知的已完成访问取平均。",
        view="node_durations",
        group="efficiency",
        counts="visit",
        part="node",
        direction="down",
        unit="microseconds",
    ),
)
"""All but first contact resolution, whose rules stand side by side in first_contact.py."""
