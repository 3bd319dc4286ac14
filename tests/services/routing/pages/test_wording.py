"""Limits, moments, roles and changes are said in both languages; what a standard does not explain is said as it is written."""

import dataclasses
import inspect
import re
from functools import partial

import pytest

from libs.events.catalogue.promise import Target
from libs.events.catalogue.standard import ExceptionRule, Form, Node, Role, Rule, Standard, SurveyPolicy
from libs.web.pages.words import words_of
from services.routing.domain.cases.owing import evidence_owed, notice_owed
from services.routing.domain.standards.changes import APART, NAMES, changes
from services.routing.pages import PAGES
from services.routing.pages.wording import Wording
from tests.services.routing.samples import COMPLAINT, NEWEST, STANDARDS

WORDS = words_of((PAGES,))
wording = partial(lambda lang, standard=COMPLAINT: Wording(WORDS[lang], lang, standard))


@pytest.mark.parametrize(
    ("written", "en", "zh"),
    [
        ("20s", "20 s", "20 秒"),
        ("1h", "1 h", "1 小时"),
        ("1d", "1 day", "1 天"),
        ("2d", "2 days", "2 天"),
        ("1wh", "1 working hour", "1 个工作小时"),
        ("3wd", "3 working days", "3 个工作日"),
        ("soon", "soon", "soon"),
        ("", "", ""),
    ],
)
def test_a_limit_is_said(written, en, zh):
    assert (wording("en").limit(written), wording("zh").limit(written)) == (en, zh)


@pytest.mark.parametrize(
    ("written", "en", "zh"),
    [
        ("registered", "registration", "登记"),
        ("started:n4", "start of Find the cause, judge responsibility, set the plan", "开始“原因分析、责任判定、制定方案”"),
        ("completed:gone", "completion of gone", "完成“gone”"),
        ("whenever", "whenever", "whenever"),
    ],
)
def test_a_moment_is_said(written, en, zh):
    assert (wording("en").moment(written), wording("zh").moment(written)) == (en, zh)


@pytest.mark.parametrize(
    ("role", "en"),
    [("cs_agent", "CS agent"), ("$assigned", "its assignee"), ("$owner", "whom owner names"), ("x", "x")],
)
def test_a_role_is_said(role, en):
    assert wording("en").role(role) == en
    assert role == "x" or wording("zh").role(role) != en


@pytest.mark.parametrize(
    ("node", "grade", "limit"),
    [("n4", "normal", "24 h"), ("n4", "urgent", "12 h"), ("n4", "", "24 h"), ("n2", "urgent", "1 h"), ("gone", "", "")],
)
def test_the_limit_of_a_case_is_the_first_that_fits(node, grade, limit):
    assert wording("en").limit_of_case(node, {"grade": grade}) == limit


def test_without_a_standard_everything_is_said_as_it_is():
    w = wording("en", None)
    assert (w.node("n4"), w.role("cs_agent"), w.exception("x"), w.limits("n4"), w.limit_of_case("n4", {})) == (
        "n4", "cs_agent", "x", [], "",
    )  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_change_between_shipped_standards_can_be_said(lang):
    shipped = [*STANDARDS.values(), *NEWEST.values()]
    for before in shipped:
        for after in shipped:
            was, is_ = wording(lang, before), wording(lang, after)
            for one in changes(before, after):
                assert (was if one.what == "removed" else is_).subject(one.part, one.subject) or one.part in ("process", "survey")
                if one.what == "changed":
                    assert f"field {one.field}" in WORDS[lang] and was.value(one.field, one.before)
                    assert is_.value(one.field, one.after)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_field_that_may_change_has_a_word(lang):
    parts = (Standard, SurveyPolicy, Role, Node, Target, ExceptionRule, Form, Rule)
    named = {one.name for part in parts for one in dataclasses.fields(part)} - {*NAMES, *APART, "id", "code", "clock"}
    assert {f"field {one}" for one in named} <= WORDS[lang].keys()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_everything_that_evidence_may_lack_has_a_word(lang):
    codes = {*re.findall(r'"([a-z]+-(?:missing|incomplete))"', inspect.getsource(evidence_owed) + inspect.getsource(notice_owed))}
    assert "expectation-missing" in codes and {f"owed {code}" for code in codes} <= WORDS[lang].keys()
