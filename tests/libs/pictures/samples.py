"""One realistic example of every picture. `python -m tests.libs.pictures.samples` writes the golden files again."""

from datetime import datetime, timedelta
from math import inf
from pathlib import Path
from zoneinfo import ZoneInfo

from libs.pictures.clock_bars import Clock, Stretch, clock_bars
from libs.pictures.funnel import Loss, Stage, funnel
from libs.pictures.histogram import Bar, Mark, histogram
from libs.pictures.numbers import duration
from libs.pictures.picture import Picture, Sheet
from libs.pictures.words import EN, ZH

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


def pictures() -> dict[str, Picture]:
    """Return name → picture."""
    return dict([*funnels(), *histograms(), *clocks()])


def main() -> None:
    for old in GOLDEN.glob("*.svg"):
        old.unlink()
    for name, picture in pictures().items():
        (GOLDEN / f"{name}.svg").write_text(picture.svg + "\n", "utf-8")


if __name__ == "__main__":
    main()
