"""An explanation in sentences: as one would tell it to a customer, in both languages, from the same life as the figures."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import services.sla.pages
from libs.events.catalogue.routing import CaseGraded, ExceptionCleared, ExceptionRaised
from libs.events.catalogue.standard import ExceptionRule, Label
from libs.web.pages.words import words_of
from services.sla.domain.explanation import explain
from services.sla.domain.figures import figures
from services.sla.domain.lives import lives
from services.sla.domain.sentences import Voice
from tests.services.sla.samples import (
    ANSWERED,
    CLOSED,
    OFFICE,
    REOPENED,
    RESOLVED,
    RESPONSE,
    WAITS,
    at,
    facts,
    state_of,
    target,
    terms,
)
from tests.services.sla.test_waiting import SHORT

DAY = 24 * 60
FOLDER = Path(services.sla.pages.__file__).parent
WORDS = words_of((FOLDER.parents[2] / "libs/web/pages", FOLDER))
WAITING = ExceptionRule(code="awaiting_customer", name=Label(en="waits for the customer", zh="等待客户"), action="")


def told(limit: str, events: Any, now: float, lang: str = "en", calendar: Any = OFFICE, **others: Any) -> tuple[str, ...]:
    promised = terms(target(limit, **{"pauses": ("awaiting_customer",), **others}), calendars=[calendar])
    promised = replace(
        promised, standard=replace(promised.standard, name=Label(en="Complaint", zh="投诉"), exceptions=(WAITING,))
    )
    (life,) = lives(state_of(facts(*events)), promised)
    return explain(life, promised, at(now), Voice(lang, WORDS[lang], ZoneInfo("Asia/Shanghai"))).sentences  # type: ignore[index]


@pytest.mark.parametrize(
    ("why", "limit", "events", "now", "en", "zh"),
    [
        (
            "running", "60m", [], 15,
            ("It runs and is due on Mon 2 Jun 2025, 10:00: 45 min left.",
             "Until Mon 2 Jun 2025, 09:15 it used 15 min of its time."),
            ("正在计时，到期时间 2025年6月2日（周一）10:00，剩余 45 分钟。", "截至 2025年6月2日（周一）09:15，已用时 15 分钟。"),
        ),
        (
            "paused", "60m", [(WAITS, 15)], 75,
            ("Since Mon 2 Jun 2025, 09:15 it has been paused: waits for the customer.",
             "It is paused, and while it is, it does not fall due.",
             "Until Mon 2 Jun 2025, 10:15 it used 15 min of its time, and was paused for 1 h."),
            ("自 2025年6月2日（周一）09:15 起暂停：等待客户。", "已暂停，暂停期间不会到期。",
             "截至 2025年6月2日（周一）10:15，已用时 15 分钟，暂停 1 小时。"),
        ),
        (
            "met after a wait", "60m", [(WAITS, 15), (ANSWERED, 45), (RESPONSE, 60)], DAY,
            ("From Mon 2 Jun 2025, 09:15 until Mon 2 Jun 2025, 09:45 it was paused, for 30 min: waits for the customer.",
             "It was kept: what was promised was done on Mon 2 Jun 2025, 10:00, "
             "30 min before it was due on Mon 2 Jun 2025, 10:30.",
             "Until Mon 2 Jun 2025, 10:00 it used 30 min of its time, and was paused for 30 min."),
            ("2025年6月2日（周一）09:15 至 2025年6月2日（周一）09:45 暂停 30 分钟：等待客户。",
             "已按时完成：完成于 2025年6月2日（周一）10:00，比到期时间 2025年6月2日（周一）10:30 提前 30 分钟。",
             "截至 2025年6月2日（周一）10:00，已用时 30 分钟，暂停 30 分钟。"),
        ),
        (
            "late", "60m", [(RESPONSE, 90)], DAY,
            ("What was promised was done on Mon 2 Jun 2025, 10:30, 30 min after it was due on Mon 2 Jun 2025, 10:00.",
             "Until Mon 2 Jun 2025, 10:30 it used 1 h 30 min of its time."),
            ("完成于 2025年6月2日（周一）10:30，比到期时间 2025年6月2日（周一）10:00 晚 30 分钟。",
             "截至 2025年6月2日（周一）10:30，已用时 1 小时 30 分钟。"),
        ),
        (
            "broken and open", "60m", [], 90,
            ("It is broken: it was due on Mon 2 Jun 2025, 10:00, and what was promised is not done yet, 30 min later.",
             "Until Mon 2 Jun 2025, 10:30 it used 1 h 30 min of its time."),
            ("已超时：到期时间 2025年6月2日（周一）10:00，至今未完成，已超 30 分钟。",
             "截至 2025年6月2日（周一）10:30，已用时 1 小时 30 分钟。"),
        ),
        (
            "cancelled", "60m", [(CLOSED, 15)], DAY,
            ("It lapsed on Mon 2 Jun 2025, 09:15, because the case was closed before it was due.",
             "Until Mon 2 Jun 2025, 09:15 it used 15 min of its time."),
            ("工单在到期前于 2025年6月2日（周一）09:15 关闭，承诺失效。", "截至 2025年6月2日（周一）09:15，已用时 15 分钟。"),
        ),
    ],
)  # fmt: skip
def test_it_is_told_what_came_of_it(why: str, limit: str, events: Any, now: float, en: Any, zh: Any) -> None:
    begun = (
        "It began on Mon 2 Jun 2025, 09:00. Version 1 of the standard “Complaint” allows 60 minutes.",
        "Every hour counts, day and night.",
    )
    assert told(limit, events, now) == (*begun, *en), why
    assert told(limit, events, now, "zh") == (
        "开始于 2025年6月2日（周一）09:00。流程标准《投诉》第 1 版规定的时限为 60 分钟。", "全天候计时。", *zh
    ), why  # fmt: skip


@pytest.mark.parametrize(
    ("lang", "counts", "waits"),
    [
        ("en", "Only the working time of calendar office version 1 counts.",
         "It runs past the last day of calendar office version 1. Publish a later version of office that ends later."),
        ("zh", "仅计算日历 office 第 1 版的工作时间。", "计时超出日历 office 第 1 版的末日。请发布截止日更晚的 office 新版本。"),
    ],
)  # fmt: skip
def test_one_that_waits_for_a_calendar_says_for_which(lang: str, counts: str, waits: str) -> None:
    assert told("3wd", [], 60, lang, SHORT)[1:3] == (counts, waits)


@pytest.mark.parametrize(
    ("why", "calendar", "said"),
    [
        ("the version that the standard names", OFFICE, ("Only the working time of calendar office version 1 counts.",)),
        ("a later one, because that one does not reach it", replace(OFFICE, version=2), (
            "Only the working time of calendar office version 2 counts.", "The standard names version 1, which cannot say it.")),
    ],
)  # fmt: skip
def test_it_is_told_which_calendar_version_counted(why: str, calendar: Any, said: tuple[str, ...]) -> None:
    assert told("10wh", [], 60, calendar=calendar)[1 : 1 + len(said)] == said, why
    assert told("10wh", [], 3 * DAY, calendar=calendar)[-1] == "Until Thu 5 Jun 2025, 09:00 it used 27 h of its time."


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", ("From Mon 2 Jun 2025, 09:10 until Mon 2 Jun 2025, 09:30 it was paused, for 20 min: waits for the customer.",
                "From Mon 2 Jun 2025, 09:20 until Mon 2 Jun 2025, 09:40 it was paused, for 20 min: supplier.")),
        ("zh", ("2025年6月2日（周一）09:10 至 2025年6月2日（周一）09:30 暂停 20 分钟：等待客户。",
                "2025年6月2日（周一）09:20 至 2025年6月2日（周一）09:40 暂停 20 分钟：supplier。")),
    ],
)  # fmt: skip
def test_of_a_pause_that_had_two_reasons_each_is_told_with_its_own_time(lang: str, said: tuple[str, ...]) -> None:
    more, over = ExceptionRaised(code="supplier"), ExceptionCleared(code="supplier")
    events = [(WAITS, 10), (more, 20), (ANSWERED, 30), (over, 40)]
    assert told("60m", events, 50, lang, pauses=("awaiting_customer", "supplier"))[2:4] == said


@pytest.mark.parametrize(
    ("lang", "said"),
    [("en", "That limit is for cases with grade=urgent."), ("zh", "该时限适用于 grade=urgent 的工单。")],
)
def test_it_is_told_for_which_cases_the_limit_is(lang: str, said: str) -> None:
    events = [(CaseGraded(grade="urgent"), 0)]
    assert told("60m", events, 15, lang, when={"grade": "urgent"})[1] == said


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", "The case was reopened, and it goes on with the time that response left."),
        ("zh", "工单已重开，以 response 剩余的时限继续计时。"),
    ],
)
def test_it_is_told_that_a_cycle_goes_on(lang: str, words: str) -> None:
    promised = terms(target("60m", "resolved", reopened="continue"))
    first, second = lives(state_of(facts((RESOLVED, 20), (REOPENED, 100))), promised)
    voice = Voice(lang, WORDS[lang], ZoneInfo("UTC"))
    assert words in explain(second, promised, at(110), voice).sentences
    assert words not in explain(first, promised, at(110), voice).sentences


PROVISIONAL = "The days off of that year are not announced yet, so it may still move."


@pytest.mark.parametrize(
    ("why", "announced_until", "events", "is_one"),
    [
        ("due behind the last announced day", date(2025, 6, 2), [], True),
        ("due on it", date(2025, 6, 3), [], False),
        ("all days are announced", None, [], False),
        ("it is kept, and moves no more", date(2025, 6, 2), [(RESPONSE, 60)], False),
        ("it waits for the customer", date(2025, 6, 2), [(WAITS, 30)], False),
    ],
)
def test_what_is_due_in_a_year_that_is_not_announced_may_still_move(
    why: str, announced_until: date | None, events: Any, is_one: bool
) -> None:
    promised = terms(target("10wh", pauses=("awaiting_customer",)), calendars=[replace(OFFICE, announced_until=announced_until)])
    (life,) = lives(state_of(facts(*events)), promised)
    explained = explain(life, promised, at(90), Voice("en", WORDS["en"], ZoneInfo("UTC")))
    assert (explained.provisional, PROVISIONAL in explained.sentences) == (is_one, is_one), why
    assert figures(life, at(90)).provisional is is_one


def test_elapsed_time_is_never_provisional() -> None:
    promised = terms(target("90d"), calendars=[replace(OFFICE, announced_until=date(2025, 6, 2))])
    (life,) = lives(state_of(facts()), promised)
    assert not life.is_provisional


@pytest.mark.parametrize(("lang", "says"), [("en", "Publish a later version"), ("zh", "请发布截止日更晚的")])
def test_what_a_promise_waits_for_is_said_in_the_language_asked_for(lang: str, says: str) -> None:
    promised = terms(target("99wd"), calendars=[SHORT])
    (life,) = lives(state_of(facts()), promised)
    told = explain(life, promised, at(30), Voice(lang, WORDS[lang], ZoneInfo("UTC")))  # type: ignore[index]
    assert says in told.waits_because and any(told.waits_because in one for one in told.sentences)


def test_a_promise_whose_calendar_is_not_published_says_that_instead_of_what_counts_it() -> None:
    unpublished = terms(target("3wd"), calendars=[])
    (life,) = lives(state_of(facts()), unpublished)
    said = explain(life, unpublished, at(15), Voice("en", WORDS["en"], ZoneInfo("UTC"))).sentences
    assert said[1] == "Calendar office version 1 is not published. Publish it with POST /calendars."
