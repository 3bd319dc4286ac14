"""Quality 质量: what became of the cases that came."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from libs.events.catalogue.phases import CLOSED, WITHDRAWN, is_met
from libs.events.catalogue.standard import Label
from libs.events.words.now import moved
from services.analytics.domain.figure import Count, arrived, changes, counted
from services.analytics.domain.life import Life

STAYS_RESOLVED = timedelta(days=7)
COMPLAINT = "complaint"


@counted(
    title=Label(en="Closure rate", zh="闭环率"),
    kpi="K19",
    unit="rate",
    direction="up",
    settles=None,
    en="Cases closed with a follow-up contact of a person, of those received on the day; the goal is 92 %. It goes on while "
    "cases live: as of a day, what was so when that day ended. Cancelled cases are left out. The log has no customer's "
    "confirmation yet: a case that was closed without a follow-up is not in the numerator, whether confirmed or in silence.",
    zh="经人工回访并关闭的工单数 / 当日收到的工单数，目标 92%。工单未了结前持续更新；截至某日，以该日结束时为准。已取消的不计。"
    "事件日志中尚无客户确认：未经回访而关闭的工单，无论客户确认还是沉默，均不计入分子。",
)
def closure(life: Life) -> Iterable[Count]:
    """Count every case, and those that are closed with a follow-up."""
    asked = next((one.at for one in life.case.contacts if one.purpose == "followup" and not one.automated), None)
    if asked is None:
        return changes(life, lambda at: False, ())
    return changes(life, lambda at: asked <= at and life.then(at).phase == CLOSED, (asked,))


@counted(
    title=Label(en="Resolution rate", zh="问题解决率"),
    kpi="K20",
    unit="rate",
    direction="up",
    settles=None,
    en="Cases resolved (the need was met) and not reopened within 7 days of it, of those received on the day. It goes "
    "on while cases "
    "live: as of a day, what was so when that day ended. Cancelled cases are left out.",
    zh="已解决（需求得到满足）且 7 天内未重开的工单数 / 当日收到的工单数。工单未了结前持续更新；截至某日，"
    "以该日结束时为准。已取消的不计。",
)
def resolution(life: Life) -> Iterable[Count]:
    """Count every case, and those that are resolved and stay so."""
    met = [one.at for one in life.case.resolutions if is_met(one.outcome)]
    back = [one.at for one in life.case.reopenings]

    def is_resolved(at: datetime) -> bool:
        """Test whether, as far as is known at an instant, a resolution was not followed by a reopening within seven days."""
        return any(done <= at and not any(done < again <= min(at, moved(done, STAYS_RESOLVED)) for again in back) for done in met)

    return changes(life, is_resolved, (*met, *back))


@counted(
    title=Label(en="Complaint rate", zh="投诉率"),
    kpi="K21",
    unit="rate",
    direction="down",
    apart=True,
    en="Complaints registered, on the day each came, of cases closed, complaints among them, on the day each was closed for the "
    "first time. Complaints cancelled on the day they came are left out, and so are withdrawn cases.",
    zh="当日登记的投诉数 / 当日首次关闭的各类工单数。登记当日即取消的投诉与撤回的工单不计。",
)
def complaints(life: Life) -> Iterator[Count]:
    """Count a complaint when it comes, and every case when it is closed."""
    if life.came.kind == COMPLAINT:
        yield from arrived(life, 1, 0)
    closed = next((one for one in life.case.closings if one.outcome != WITHDRAWN), None)
    if closed:
        yield Count(closed.at, 0, 1, closed.team, closed.agent)
