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
    visits: str
    kind: str
    node: str
    steps: str
    median: str
    late_of_decided: str
    steps_before: str
    share_before: str
    median_before: str
    late_before: str
    step_next: str
    step_skip: str
    step_return: str
    step_again: str
    planned: str
    not_planned: str
    was: str
    late_share: str
    part_of: str
    arc_kept: str
    arc_slow: str
    arc_late: str
    arc_dashed: str
    arc_ghost: str
    map_how_to_read: str
    nodes_left_out: str
    arcs_left_out: str
    arcs_unlabelled: str
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
    visits="{count} visits",
    kind="Kind",
    node="node",
    steps="Times",
    median="Median working time",
    late_of_decided="Late of those decided",
    steps_before="Times before",
    share_before="Share before",
    median_before="Median before",
    late_before="Late before",
    step_next="next",
    step_skip="skip",
    step_return="return",
    step_again="again",
    planned="in the standard",
    not_planned="not in the standard",
    was="{now} (was {before})",
    late_share="{share} late",
    part_of="{share} ({part} of {whole})",
    arc_kept="under 5% late",
    arc_slow="5% late or more",
    arc_late="20% late or more",
    arc_dashed="skip, return or not in the standard",
    arc_ghost="the other version",
    map_how_to_read=(
        "From top to bottom are the nodes in the order of the standard. "
        "Skips run on the right, returns on the left; a line is as thick as its share of all steps."
    ),
    nodes_left_out="{left} of {all} nodes are left out, those with the fewest visits.",
    arcs_left_out="{left} of {all} paths are left out; they carry {share} of the steps.",
    arcs_unlabelled="{count} paths have no label here; the table has their numbers.",
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
    visits="{count} 次到达",
    kind="类型",
    node="节点",
    steps="次数",
    median="工作时间中位数",
    late_of_decided="已判定中的超时",
    steps_before="之前次数",
    share_before="之前占比",
    median_before="之前中位数",
    late_before="之前超时",
    step_next="下一步",
    step_skip="跳过",
    step_return="退回",
    step_again="重复",
    planned="标准内",
    not_planned="标准外",
    was="{now}（原 {before}）",
    late_share="超时 {share}",
    part_of="{share}（{part}/{whole}）",
    arc_kept="超时不足 5%",
    arc_slow="超时 5% 及以上",
    arc_late="超时 20% 及以上",
    arc_dashed="跳过、退回或标准外",
    arc_ghost="另一版本",
    map_how_to_read="自上而下为标准规定的节点顺序。右侧为跳过，左侧为退回；线条粗细表示占全部步骤的比例。",
    nodes_left_out="共 {all} 个节点，其中到达次数最少的 {left} 个未画出。",
    arcs_left_out="共 {all} 条路径，其中 {left} 条未画出，占全部步骤的 {share}。",
    arcs_unlabelled="{count} 条路径未标注，数值见表格。",
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
