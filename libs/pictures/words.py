"""What pictures say by themselves, in both languages. Titles, names of nodes and units of a figure come from the caller."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language. Braces are filled in by the picture that says the sentence."""

    language: str
    days: tuple[str, ...]
    months: tuple[str, ...]
    units: tuple[str, str, str, str]
    """Day, hour, minute, second."""
    a_date: str
    an_instant: str
    day_and_month: str
    year: str
    no_data: str
    stage: str
    count: str
    of_first: str
    of_previous: str
    stage_share: str
    not_further: str
    from_: str
    to: str
    share: str
    or_more: str
    bar_name: str
    tail: str
    bars_together: str
    clock: str
    due_at: str
    outcome: str
    counted: str
    of_it_late: str
    late: str
    paused: str
    no_working_time: str
    due: str
    now: str
    zone: str
    nothing_for: str
    clocks_left_out: str

    def day_of(self, at: date) -> str:
        """Return the day of the week and the day."""
        return f"{self.days[at.weekday()]} {self.day_of_year(at)}"

    def day_of_year(self, at: date) -> str:
        """Return the day without its year."""
        return self.day_and_month.format(day=at.day, month=self.months[at.month - 1])

    def month_of(self, at: date) -> str:
        """Return the month without its year."""
        return self.months[at.month - 1]

    def year_of(self, at: date) -> str:
        """Return the year."""
        return self.year.format(year=at.year)


EN = Words(
    language="en",
    days=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    months=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    units=("d", "h", "min", "s"),
    a_date="{day} {month} {year}",
    an_instant="{weekday} {date}, {time}",
    day_and_month="{day} {month}",
    year="{year}",
    no_data="No data",
    stage="Stage",
    count="Count",
    of_first="Of the first",
    of_previous="Of the one before",
    stage_share="{first} of the first · {previous} of the one before",
    not_further="of these not further",
    from_="From",
    to="To",
    share="Share",
    or_more="{value} or more",
    bar_name="{range}: {count}, {share}",
    tail="The last bar holds everything from {value} on, {count} in all.",
    bars_together="Each bar stands for {count} neighbouring ones.",
    clock="Clock",
    due_at="Due",
    outcome="Outcome",
    counted="counted",
    of_it_late="of it late",
    late="late",
    paused="paused",
    no_working_time="no working time",
    due="due {at}",
    now="now: {at}",
    zone="Times are of {zone}.",
    nothing_for="Nothing happened for {length}; this gap is drawn short.",
    clocks_left_out="{left} of {all} clocks are left out.",
)

ZH = Words(
    language="zh",
    days=("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    months=("1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月"),
    units=("天", "小时", "分钟", "秒"),
    a_date="{year}年{month}{day}日",
    an_instant="{date}（{weekday}）{time}",
    day_and_month="{month}{day}日",
    year="{year}年",
    no_data="无数据",
    stage="阶段",
    count="数量",
    of_first="占首阶段",
    of_previous="占上一阶段",
    stage_share="占首阶段 {first} · 占上一阶段 {previous}",
    not_further="其中未进入下一阶段",
    from_="从",
    to="至",
    share="占比",
    or_more="{value} 及以上",
    bar_name="{range}：{count}，{share}",
    tail="最后一根柱包含 {value} 及以上的全部数据，共 {count}。",
    bars_together="每根柱合并了相邻的 {count} 根。",
    clock="时钟",
    due_at="到期",
    outcome="结果",
    counted="计时",
    of_it_late="其中超时",
    late="超时",
    paused="暂停",
    no_working_time="非工作时间",
    due="到期 {at}",
    now="当前：{at}",
    zone="时间为 {zone} 时区。",
    nothing_for="{length} 内没有任何事件；此段已压缩。",
    clocks_left_out="共 {all} 个时钟，其中 {left} 个未画出。",
)
