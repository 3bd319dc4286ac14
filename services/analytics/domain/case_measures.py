"""What is measured of a case or at an instant, and is no sum of days: named, written definitions."""

from services.analytics.domain.figure import Figure, label


def _plain(name: str, title: tuple[str, str], unit: str, en: str, zh: str, *, view: str = "cases", kpi: str = "") -> Figure:
    """Return a figure that is no sum of days: a column of the cases, or one that the view has by another name."""
    return Figure(
        name=name,
        title=label(*title),
        view=view,
        unit=unit,
        definition=label(en, zh),
        numerator=name if view == "cases" else "",
        denominator="",
        kpi=kpi,
        direction="down",
    )


CASE_MEASURES: tuple[Figure, ...] = (
    _plain(
        "first_response_us",
        ("Time to first answer", "首次答复时间"),
        "microseconds",
        "From registration to the first answer of a person, elapsed: an inbound contact that a named agent took, or an outbound "
        "one with purpose response. What a machine says is none. K02 is first_answer, which leaves waiting for the customer out.",
        "从登记到首次人工答复（由具名客服接听的呼入联系，或目的为答复的外呼联系）的自然时间；自动答复不计。",
    ),
    _plain(
        "resolution_us",
        ("Resolution time", "问题解决时间"),
        "microseconds",
        "From registration to the last resolution, elapsed, if the need was met by it.",
        "从登记到最后一次解决的自然时间（须满足需求）。",
        kpi="K03",
    ),
    _plain(
        "net_resolution_us",
        ("Resolution time without waiting for the customer", "问题解决净时间"),
        "microseconds",
        "Resolution time less the time spent waiting for the customer (exception awaiting_customer) within it.",
        "解决时间减去其间等待客户（awaiting_customer）的时间。",
        kpi="K03",
    ),
    _plain(
        "close_us",
        ("Time to closing", "关闭时间"),
        "microseconds",
        "From registration to the last closing, elapsed. The handling cycle (K04) ends at a node and counts working days; it is "
        "another figure.",
        "从登记到最后一次关闭的自然时间。平均处理周期（K04）止于指定环节并按工作日计算，是另一个指标。",
    ),
    _plain(
        "reassignments",
        ("Hand-overs of a case", "工单转派次数"),
        "count",
        "Hand-overs to another team or, within a team, another agent; the source's own counter where stated.",
        "转给其他团队或同一团队内其他客服的次数；来源系统有自身计数时以其为准。",
    ),
    _plain(
        "reopens",
        ("Reopenings of a case", "工单重开次数"),
        "count",
        "Times a resolved or closed case went back to work.",
        "已解决或已关闭后重新处理的次数。",
    ),
    _plain(
        "backlog",
        ("Backlog", "未解决工单数"),
        "cases",
        "Cases received by the instant and unresolved at it; not_closed, beside it, those neither closed nor cancelled at it. By "
        "who held them at that instant; what happens later changes nothing.",
        "在该时刻或之前收到且届时尚未解决的工单数；not_closed 为届时既未关闭也未取消的工单数；"
        "按该时刻的负责人统计，之后发生的事不改变结果。",
        view="backlog(as_of)",
    ),
    _plain(
        "workload",
        ("Workload", "工作量"),
        "count",
        "Cases registered, assignments, resolutions, closings, reopenings and contacts between persons, each on its own day. "
        "Not per head: who was on duty is not known here.",
        "登记、分派、解决、关闭、重开与人工联系的次数，各计入发生当日。并非人均：此处不知道在岗人数。",
        view="workload",
    ),
)
"""Figures that GET /figures says of a set of cases."""
