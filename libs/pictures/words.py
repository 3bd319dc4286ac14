"""What pictures say by themselves, in both languages. Titles, names of nodes and units of a figure come from the caller."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language. Braces are filled in by the picture that says the sentence."""

    language: str
    days: tuple[str, ...]
    months: tuple[str, ...]
    units: tuple[str, str, str, str]
    """Day, hour, minute, second."""
    date: str
    day_and_month: str
    month_and_year: str
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


EN = Words(
    language="en",
    days=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    months=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    units=("d", "h", "min", "s"),
    date="{day} {month} {year}",
    day_and_month="{day} {month}",
    month_and_year="{month} {year}",
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
)

ZH = Words(
    language="zh",
    days=("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    months=("1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月"),
    units=("天", "小时", "分钟", "秒"),
    date="{year}年{month}{day}日",
    day_and_month="{month}{day}日",
    month_and_year="{year}年{month}",
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
)
