"""One realistic example of every picture. `python -m tests.libs.pictures.samples` writes the golden files again."""

from datetime import date, datetime, timedelta
from functools import partial
from math import inf
from pathlib import Path
from zoneinfo import ZoneInfo

from libs.pictures.clock_bars import Clock, Stretch, clock_bars
from libs.pictures.clock_life import Moment, Part, clock_life
from libs.pictures.flowchart import Step, flowchart
from libs.pictures.funnel import Loss, Stage, funnel
from libs.pictures.heat_map import Cell, Lines, heat_map
from libs.pictures.histogram import Bar, Mark, histogram
from libs.pictures.lanes import Happening, lanes
from libs.pictures.line import line
from libs.pictures.numbers import duration, share
from libs.pictures.picture import Picture, Sheet
from libs.pictures.process import Arc, Node
from libs.pictures.process_map import process_map
from libs.pictures.series import Point, Series, Version
from libs.pictures.words import EN, ZH
from libs.pictures.year import Marked, year

GOLDEN = Path(__file__).parents[2] / "golden" / "pictures"


def _hours(words):
    return lambda seconds: duration(timedelta(seconds=seconds), words)


STAGES = [
    Stage("Eligible", 4580, "/cases?eligible=true", (Loss("suppressed: asked lately", 612), Loss("suppressed: opted out", 64))),
    Stage("Planned", 3904, "/surveys?state=planned", (Loss("withdrawn: case was opened again", 14, "/surveys?state=withdrawn"),)),
    Stage("Sent", 3890, "/surveys?state=sent", (Loss("undeliverable", 89),)),
    Stage("Delivered", 3801, "/surveys?state=delivered", (Loss("expired", 2624, "/surveys?state=expired"),)),
    Stage("Answered", 1177, "/surveys?state=answered"),
]  # fmt: skip
STAGES_ZH = [
    Stage("符合条件", 4580, losses=(Loss("30 天内已询问过", 612), Loss("已退订", 64))),
    Stage("已计划", 3904),
    Stage("已发送", 3890),
    Stage("已回答", 1177),
]
COUNTS = [312, 840, 1220, 990, 610, 388, 240, 151, 96, 60, 41, 22, 17, 9, 6]
BARS = [Bar(h * 7200, (h + 1) * 7200, n, f"/cases?resolved_within={h}") for h, n in enumerate(COUNTS)] + [
    Bar(15 * 7200, inf, 14, "/cases?far=1")
]


def funnels():
    yield "funnel", funnel(Sheet("surveys", "Surveys of November", "4,580 closed cases."), STAGES)
    yield "funnel.narrow", funnel(Sheet("surveys-n", "Surveys of November", "4,580 closed cases.", narrow=True), STAGES)
    yield "funnel.zh", funnel(Sheet("surveys-zh", "十一月的调查", "4,580 个已关闭工单。", ZH), STAGES_ZH)
    yield "funnel.empty", funnel(Sheet("surveys-none", "Surveys of December"), [])


def histograms():
    marks = [Mark(20_000, "median 5 h 33 min"), Mark(57_600, "limit 16 h")]
    for name, words, narrow in (("", EN, False), (".narrow", EN, True), (".zh", ZH, False)):
        sheet = Sheet(f"times{name}", "Working time to resolution", "5,016 resolved cases.", words, narrow)
        yield f"histogram{name}", histogram(sheet, BARS, _hours(words), marks=marks, late_from=57_600)


SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(day, hour, minute=0, second=0):
    return datetime(2026, 11, day, hour, minute, second, tzinfo=SHANGHAI)


def worked(*days):
    return tuple(Stretch("counted", at(day, since), at(day, until)) for day, since, until in days)


WAITING = Stretch("paused", at(18, 11), at(20, 10, 30), "waiting for the customer")
STOCK = Stretch("paused", at(24, 14), at(25, 9), "waiting for a spare part")
CLOCKS = [
    Clock("First response", at(16, 9, 20), at(16, 10, 5), at(16, 10, 50), (Stretch("counted", at(16, 9, 20), at(16, 10, 5)),),
          "met: 45 min of 1 h 30 min", "/clocks/response"),
    Clock("Analyse the cause and set a plan", at(16, 11), at(18, 17), at(18, 11), worked((16, 11, 18), (17, 9, 18), (18, 9, 17)),
          "broken: 24 h of 18 h", "/clocks/node:n4/1"),
    Clock("Cycle", at(16, 9, 20), at(26, 15), at(26, 12),
          (Stretch("counted", at(16, 9, 20), at(16, 18)), *worked((17, 9, 18), (18, 9, 11)), WAITING,
           *worked((20, 11, 18), (23, 9, 18), (24, 9, 14)), STOCK,
           *worked((25, 9, 18), (26, 9, 15))), "runs, late since 3 h", "/clocks/cycle"),
]  # fmt: skip


def clocks():
    for name, words, narrow in (("", EN, False), (".narrow", EN, True), (".zh", ZH, False)):
        sheet = Sheet(f"clocks{name}", "Clocks of case 1d11bfd4", "Three promises.", words, narrow)
        yield f"clock_bars{name}", clock_bars(sheet, CLOCKS, SHANGHAI, at(26, 15))


LIFE_OF = [
    Part("counted", at(16, 9, 20), at(16, 18)),
    Part("hours", at(16, 18), at(17, 9)),
    Part("counted", at(17, 9), at(17, 11)),
    Part("paused", at(17, 11), at(19, 10, 30), "waiting for the customer"),
    Part("counted", at(19, 10, 30), at(19, 18)),
    Part("hours", at(19, 18), at(20, 0)),
    Part("holiday", at(20, 0), at(21, 0)),
    Part("off", at(21, 0), at(23, 0)),
    Part("hours", at(23, 0), at(23, 9)),
    Part("counted", at(23, 9), at(23, 14)),
    Part("paused", at(23, 14), at(23, 16), "waiting for a spare part"),
    Part("counted", at(23, 16), at(23, 18)),
    Part("hours", at(23, 18), at(24, 9)),
    Part("late", at(24, 9), at(24, 15)),
]
MOMENTS = [
    Moment("began", at(16, 9, 20)),
    Moment("was due", at(20, 12)),
    Moment("warned (80%)", at(23, 13)),
    Moment("was due", at(23, 16)),
    Moment("due", at(23, 18), "due"),
    Moment("broken", at(23, 18), "broken"),
]
AHEAD = [
    Part("counted", at(16, 9, 20), at(16, 15)), Part("ahead", at(16, 15), at(16, 18)), Part("hours", at(16, 18), at(17, 9)),
    Part("ahead", at(17, 9), at(17, 10)),
]  # fmt: skip


def lives():
    for name, words, narrow in (("", EN, False), (".narrow", EN, True), (".zh", ZH, False)):
        sheet = Sheet(f"life{name}", "The life of a promise", "A promise that broke.", words, narrow)
        yield f"clock_life{name}", clock_life(sheet, LIFE_OF, MOMENTS, SHANGHAI, partial(duration, words=words), at(24, 15))
    moments = [Moment("began", at(16, 9, 20)), Moment("due", at(17, 10), "due")]
    sheet = Sheet("life.ahead", "The life of a promise", "A promise that runs.")
    yield "clock_life.ahead", clock_life(sheet, AHEAD, moments, SHANGHAI, str, at(16, 15))


_NODES = """
reg|Registered|4580||登记; cls|Classified|9518|limit 1 h|分类; asg|Assigned|4606|limit 30 min|分派
fst|First response|4285|limit 4 h|首次响应; wai|Waiting for the customer|1350||等待客户; ano|Report anomaly|67||报告异常
fix|Fix anomaly|13||排除异常; upg|Upgrade|119||升级; int|Intervene|0||介入; reo|Reopened|161||重开
res|Resolved|4983|limit 5 working days|解决; clo|Closed|4574||关闭
"""
_ARCS = """
reg cls 4550 0 0; reg asg 30 0 0; cls cls 4934 0 0; cls asg 4206 324 40; cls fst 30 0 0; cls wai 70 96 3; cls res 261 102 4
asg fst 4255 0 60; asg res 242 0.7 0; asg wai 68 378 5; asg cls 30 0 0; fst wai 1115 1386 70; fst asg 38 7056 20
fst ano 40 9.3 0; fst upg 68 4464 21; fst res 3016 306 420; wai wai 44 3024 4; wai asg 260 8352 130; wai res 1024 12672 310
ano res 42 22320 30; upg upg 16 2736 2; upg res 84 22032 40; reo asg 63 0 0; reo wai 37 40.2 1; reo res 51 1158 3
res reo 159 1872 0; res res 254 0 0; res clo 4558 43200 1100
"""


def nodes(zh=False):
    for row in _NODES.replace("\n", ";").split(";"):
        if row.strip():
            id, en, visits, note, chinese = row.strip().split("|")
            yield Node(id, chinese if zh else en, int(visits), "" if zh else note, f"/cases?node={id}", planned=id != "reo")


def arcs(text, scale=1.0):
    for row in text.replace("\n", ";").split(";"):
        if row.strip():
            source, target, number, minutes, late = row.split()
            many = int(int(number) * scale)
            yield Arc(source, target, many, timedelta(minutes=float(minutes)), int(int(late) * scale * scale), many,
                      f"/cases?from={source}&to={target}")  # fmt: skip


def maps():
    now = list(arcs(_ARCS))
    before = [arc for place, arc in enumerate(arcs(_ARCS, 0.6)) if place % 7 != 4]
    before += [Arc("cls", "clo", 400, None, 0, 0, "/cases?from=cls&to=clo"), Arc("wai", "clo", 700)]
    for name, words, narrow in (("", EN, False), (".narrow", EN, True), (".zh", ZH, False)):
        sheet = Sheet(f"map{name}", "it-ticket, version 1", "4,580 cases of November.", words, narrow)
        yield f"process_map{name}", process_map(sheet, list(nodes(words is ZH)), now)
        commonest = Sheet(f"mapc{name}", "it-ticket, commonest path", "4,580 cases of November.", words, narrow)
        yield f"process_map{name}.commonest", process_map(commonest, list(nodes(words is ZH)), now, part=0)
    sheet = Sheet("map2", "it-ticket, versions 1 and 2", "4,580 and 2,748 cases.")
    yield "process_map.compared", process_map(sheet, list(nodes()), now, part=0.95, before=before)


def heat_maps():
    cells = {
        (day, hour): Cell(n - (n * ((day * 5 + hour * 3) % 11)) // (18 if hour < 17 else 11), n, f"/cases?day={day}&hour={hour}")
        for day in range(7)
        for hour in range(24)
        for n in [
            (40 - abs(13 - hour) * 5) * (2 if day < 5 else 0) + (day == 2 and hour == 11) * 9400 + (day == 5 and hour == 10)
        ]
        if n > 0
    }
    for name, words, narrow in (("", EN, False), (".narrow", EN, True), (".zh", ZH, False)):
        sheet = Sheet(f"heat{name}", "Kept, by start", "Clocks that were decided in November.", words, narrow)
        days = Lines("Weekday" if words is EN else "星期", words.days)
        hours = Lines("Hour" if words is EN else "小时", [f"{hour}" for hour in range(24)])
        yield f"heat_map{name}", heat_map(sheet, days, hours, cells)
    by_node = {(row, week): Cell(90 - (row * week) % 37, 90) for row in range(7) for week in range(30) if (row + week) % 9}
    names = Lines("Node", [node.label for node in nodes()][:7])
    weeks = Lines("Week", [f"W{week}" for week in range(18, 48)])
    for name, narrow in (("", False), (".narrow", True)):
        sheet = Sheet(f"heatn{name}", "Kept, by node and week", "", EN, narrow)
        yield f"heat_map.nodes{name}", heat_map(sheet, names, weeks, by_node)


def weekly(rule=0, gap=True):
    for week in range(40):
        value = 0.93 - 0.05 * rule - 0.0016 * abs(week - 18) * (1 + rule) + ((week * 7 + rule * 3) % 5) * 0.006
        n, since = 300 + (week * 37) % 160, date(2026, 2, 23) + timedelta(weeks=week)
        none = gap and week == 12
        yield Point(
            since,
            None if none else value,
            0 if none else n,
            value - 0.022,
            value + 0.018,
            week > 37,
            f"/cases?week={since}&r={rule}",
        )


def lines():
    versions = [
        Version(date(2026, 5, 11), "version 2"),
        Version(date(2026, 6, 1), "version 3: no approval for small plans", "/processes/x/3"),
        Version(date(2026, 11, 24), "version 4"),
    ]
    for name, words, narrow in (("", EN, False), (".narrow", EN, True), (".zh", ZH, False)):
        sheet = Sheet(f"line{name}", "First contact resolution", "By week.", words, narrow)
        one = [Series("First contact resolution", list(weekly()))]
        yield f"line{name}", line(sheet, one, lambda part: share(part, 1), versions=versions, goal=0.9)
    for name, narrow in (("", False), (".narrow", True)):
        rules = [
            Series(f"Rule {rule + 1}: {what}", list(weekly(rule, False)))
            for rule, what in enumerate(["same day", "7 days", "30 days"])
        ]
        sheet = Sheet(f"rules{name}", "First contact resolution, three rules", "By week.", EN, narrow)
        yield f"line.rules{name}", line(sheet, rules, lambda part: share(part, 1))


LIFE = [
    Happening("intake", "Li Wei", "Registered by phone", at(16, 9, 20), href="/events/1"),
    Happening("intake", "Li Wei", "Acknowledged", at(16, 9, 20, 40), href="/events/2"),
    Happening("routing", "", "Classified: complaint", at(16, 9, 21), href="/events/3"),
    Happening("routing", "", "Graded: normal", at(16, 9, 21, 5), href="/events/4"),
    Happening("routing", "", "Assigned to quality", at(16, 9, 24), href="/events/5"),
    Happening("routing", "Zhang Min", "Analyse the cause", at(16, 10), at(16, 15, 30), "/events/6"),
    Happening("routing", "Zhang Min", "Set the plan", at(16, 14), at(16, 17), "/events/7"),
    Happening("sla", "", "First response was late", at(16, 11, 20), href="/events/8", kind="broken"),
    Happening("intake", "Li Wei", "Called the customer", at(16, 11, 40), href="/events/9"),
    Happening("routing", "Zhang Min", "Plan approved", at(20, 10, 30), href="/events/10", kind="good"),
    Happening("routing", "Chen Jie", "Replace the pump", at(20, 11), at(20, 16), "/events/11"),
    Happening("survey", "", "Survey sent", at(26, 9), href="/events/12"),
    Happening("survey", "", "Answered: 5 of 5", at(26, 12, 30), href="/events/13", kind="good"),
]


def swim_lanes():
    for name, words, narrow in (("", EN, False), (".narrow", EN, True), (".zh", ZH, False)):
        sheet = Sheet(f"lanes{name}", "Life of case 1d11bfd4", "Thirteen entries.", words, narrow)
        yield f"lanes{name}", lanes(sheet, LIFE, SHANGHAI, at(26, 15))


_STEPS = """
Receive the complaint and verify it|CS agent|15 min||接收投诉并核实信息|客服专员
Grade by impact|CS supervisor|1 h|key|投诉分级|客服主管
Dispatch to quality with customer data and grade|CS agent|30 min||分配工单至质量部|客服专员
Find the cause, judge responsibility, set the plan|Quality engineer|24 h; urgent: 12 h|key|原因分析、责任判定|质量工程师
Present the plan and obtain written confirmation|CS agent|12 h||反馈方案并获取客户书面确认|客服专员
Execute the plan and track progress|as responsible_department says|3 working days||按方案执行|由 responsible_department 决定
Call the customer, record satisfaction, close|CS agent|1 working day|key|电话回访并关闭工单|客服专员
"""


def flow_steps(zh=False):
    for row in _STEPS.strip().split("\n"):
        name, role, note, key, chinese, role_zh = row.split("|")
        yield Step(chinese if zh else name, role_zh if zh else role, note if not zh else "", bool(key), f"#n-{len(name)}")


def flowcharts():
    for name, words, narrow in (("", EN, False), (".narrow", EN, True), (".zh", ZH, False)):
        sheet = Sheet(f"flow{name}", "Product-quality complaint, version 1", "", words, narrow)
        yield f"flowchart{name}", flowchart(sheet, list(flow_steps(words is ZH)))


def _days():
    """Return 2026 from February on: May Day with its make-up Saturday, an inventory Saturday, and an autumn nobody announced."""
    special = {date(2026, 5, day): Marked("holiday") for day in (1, 2, 3, 4, 5)}
    special |= {date(2026, 5, 9): Marked("made_up", "09:00-18:00"), date(2026, 6, 27): Marked("opened", "09:00-13:00")}
    special |= {date(2026, 10, 1): Marked("holiday", is_expected=True)}
    days = (date(2026, 2, 1) + timedelta(days=n) for n in range(334))
    return {
        day: special.get(day, Marked("work" if day.weekday() < 5 else "off", is_expected=day > date(2026, 9, 30))) for day in days
    }


def years():
    for name, words, narrow in (("", EN, False), (".narrow", EN, True), (".zh", ZH, False)):
        yield f"year{name}", year(Sheet(f"year{name}", "cn-business 2026", "", words, narrow), 2026, _days())


def pictures() -> dict[str, Picture]:
    """Return name → picture."""
    return dict(
        [*funnels(), *histograms(), *clocks(), *lives(), *maps(), *heat_maps(), *lines(), *swim_lanes(), *flowcharts(), *years()]
    )


def main() -> None:
    made = pictures()
    for old in GOLDEN.glob("*.svg"):
        old.unlink()
    for name, picture in made.items():
        (GOLDEN / f"{name}.svg").write_text(picture.svg + "\n", "utf-8")


if __name__ == "__main__":
    main()
