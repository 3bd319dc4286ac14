"""First contact resolution: several rules side by side, because nobody agrees on one.

A case is judged once, on its first resolution that met the need, by what happened within seven days of it; what comes later
changes no verdict. Left out are cases that were cancelled within these days, and those that were resolved before they came.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from libs.events.catalogue.standard import Label
from libs.events.words.now import moved
from services.analytics.domain.case import Case, Contact, Handling
from services.analytics.domain.contacts import answers, begins
from services.analytics.domain.durations import CUSTOMER_WAIT, first_resolution, micros, received_at, resolved_at

FINAL_AFTER = timedelta(days=7)
"""A figure is provisional this long after the resolution: a reopening or a repeated need may still come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FcrRule:
    """A resolved case counts as resolved at first contact when nothing exceeds these limits.

    `limits`: places in Handling, and the most that may stand there.
    `first_contact`: the first contact is flagged as resolving the case, or there was no second one.
    `repeat_days`: no other case of the same customer and category within these days; the customer's record compares (repeats.py).
    """

    name: str
    title: Label
    definition: Label
    limits: tuple[tuple[int, int], ...]
    first_contact: bool = False
    within: timedelta | None = None
    repeat_days: int = 0


def reassignments_stated(case: Case) -> int | None:
    """Return the source system's own count of reassignments, if it stated one."""
    stated = case.figures.get("reassignments")
    return stated if isinstance(stated, int) and not isinstance(stated, bool) else None


def judge(case: Case, at: datetime) -> None:
    """Fix how the case was handled if what happens at `at` comes too late to change its verdict."""
    if case.judged is None and (first := first_resolution(case)) and at > moved(first.at, FINAL_AFTER):
        case.judged = handling_of(case)


def handling_of(case: Case) -> Handling:
    """Count how the case was handled until now. The source's own counter of reassignments wins over what can be observed."""
    first, received = first_resolution(case), received_at(case)
    took = micros(received, first.at if first else None)
    stated = reassignments_stated(case)
    return Handling(
        reassignments=len(case.transfers) if stated is None else stated,
        reopens=len(case.reopenings),
        waits=sum(wait.code.startswith("awaiting_") for wait in case.waits),
        customer_waits=sum(wait.code == CUSTOMER_WAIT for wait in case.waits),
        agents=len({one.agent for one in case.assignments if one.agent}),
        escalations=len(case.escalations),
        returns=case.returns,
        first_contact=is_one_contact(case),
        took_us=took,
        is_out=took is None or case.cancelled_at is not None,
    )


def is_first_contact(rule: FcrRule, handling: Handling) -> bool:
    """Test whether the rule calls this handling a resolution at first contact."""
    counts: tuple[Any, ...] = handling
    if any(counts[place] > most for place, most in rule.limits):
        return False
    if rule.first_contact and not handling.first_contact:
        return False
    return rule.within is None or (handling.took_us is not None and timedelta(microseconds=handling.took_us) <= rule.within)


def verdicts_of(case: Case, handling: Handling, rules: Iterable[FcrRule] | None = None) -> dict[str, bool]:
    """Return what each rule says of a case in the denominator; nothing of any other. `handling`: of its whole life."""
    judged = case.judged or handling
    if judged.is_out:
        return {}
    # What the source states is about the whole case, whenever it says so.
    if (stated := reassignments_stated(case)) is not None:
        judged = judged._replace(reassignments=stated)
    return {rule.name: is_first_contact(rule, judged) for rule in (FCR_RULES if rules is None else rules)}


def final_at(case: Case) -> datetime | None:
    """Return when the case's figures stop being provisional."""
    resolved = resolved_at(case)
    return moved(resolved, FINAL_AFTER) if resolved else None


def is_one_contact(case: Case) -> bool:
    """Test whether the customer and the desk spoke once until the first resolution, or that contact is flagged as resolving.

    One contact is the registration and what follows in it: the conversation by which it was registered, where the customer is
    on the line, and the first answer. Every other contact between persons is one more.
    """
    first = first_resolution(case)
    if case.registration is None or first is None:
        return False
    channel = case.registration.channel
    is_begun, is_answered, is_alone = False, False, True
    for contact in _between_persons(case.contacts, first.at):
        is_beginning = not is_begun and begins(contact, channel)
        is_answer = not is_answered and contact.response and contact.direction == "outbound" and answers(contact, channel)
        if (is_beginning or is_answer) and contact.resolves_case:
            return True
        is_begun, is_answered = is_begun or is_beginning, is_answered or is_answer or (is_beginning and contact.response)
        is_alone = is_alone and (is_beginning or is_answer)
    return is_alone


def _between_persons(contacts: Iterable[Contact], until: datetime) -> Iterable[Contact]:
    return (contact for contact in contacts if contact.at <= until and not contact.automated)


def _rule(
    name: str,
    title: tuple[str, str],
    en: str,
    zh: str,
    *,
    first_contact: bool = False,
    within: timedelta | None = None,
    days: int = 0,
    **most: int,
) -> FcrRule:
    return FcrRule(
        name=name,
        title=Label(en=title[0], zh=title[1]),
        definition=Label(en=en, zh=zh),
        limits=tuple((Handling._fields.index(what), count) for what, count in most.items()),
        first_contact=first_contact,
        within=within,
        repeat_days=days,
    )


ONE_CONTACT = _rule(
    "one_contact",
    ("one contact", "一次联系"),
    "The first contact is flagged as resolving the case, or there was no second contact between persons until the first "
    "resolution; no reassignment, escalation, return or reopening. One contact is the registration and what follows in it: "
    "the conversation by which the case was registered, where the customer is on the line, and the first answer. A contact "
    "of a machine is none.",
    "首次联系标记为已解决，或首次解决前人与人之间没有第二次联系；且无转派、升级、退回或重开。"
    "登记及其延续（客户在线时的登记通话与首次答复）算作一次联系；自动联系不计。",
    reassignments=0,
    reopens=0,
    escalations=0,
    returns=0,
    first_contact=True,
)

FCR_RULES: tuple[FcrRule, ...] = (
    _rule(
        "no_reassignment",
        ("never handed over", "无转派"),
        "Never reassigned (the source's own counter where it states one) and never reopened"
        " until seven days after the first resolution.",
        "首次解决后七天内从未转派（来源系统有自身计数时以其为准）且从未重开。",
        reassignments=0,
        reopens=0,
    ),
    _rule(
        "no_wait",
        ("never waiting", "无等待"),
        "As no_reassignment, and never waiting for anybody (no exception whose code begins with awaiting_).",
        "同 no_reassignment，且从未等待任何一方（无 awaiting_ 开头的异常）。",
        reassignments=0,
        reopens=0,
        waits=0,
    ),
    _rule(
        "within_a_day",
        ("within a day", "一天内解决"),
        "As no_wait, and first resolved within 24 hours of registration.",
        "同 no_wait，且在登记后 24 小时内首次解决。",
        reassignments=0,
        reopens=0,
        waits=0,
        within=timedelta(hours=24),
    ),
    _rule(
        "one_agent",
        ("one agent", "一名客服"),
        "Never reopened, never waiting for the customer, and at most one agent was ever assigned.",
        "从未重开，从未等待客户，且至多分派过一名客服。",
        reopens=0,
        customer_waits=0,
        agents=1,
    ),
    ONE_CONTACT,
    replace(
        ONE_CONTACT,
        name="gross",
        title=Label(en="one contact, by its old name", zh="一次联系（旧名）"),
        definition=Label(
            en="Deprecated, gone in the next release: read one_contact, which it is. What the field calls gross is field_gross; "
            "the name gross will not come back.",
            zh="已弃用，下一版本移除：请改用口径相同的 one_contact。业内所称 gross 为 field_gross；gross 这一名称不再使用。",
        ),
    ),
)
"""Rules a case answers alone."""

NO_REPEAT = _rule(
    "no_repeat",
    ("no repeat", "无重复来访"),
    "As one_contact, and the same customer comes with no other case of the same process and category within 7 days of the first "
    "resolution; one that is cancelled counts, for the customer did come again. The categories are those of the seventh day. "
    "Nobody is compared with nobody: an unknown or anonymous customer, or an unknown category, repeats nothing.",
    "同 one_contact，且首次解决后 7 天内同一客户没有同一流程、同一类别的新工单（后来取消的也算，因为客户确实再次联系）；"
    "类别以第七天为准。客户未知或匿名、类别未知的工单不与任何工单比较，视为没有重复。",
    days=7,
)
"""Needs the customer's other cases (repeats.py); its limits are those of `one_contact`."""

FIELD_GROSS = _rule(
    "field_gross",
    ("of all contacts", "按全部来访"),
    "What the field calls gross: contacts that resolved a case at once, of all incoming contacts, each on its own day. A case's "
    "first contact is its registration; every later inbound contact with a person is one more. The registration resolved the "
    "case when one_contact counts it and it was resolved within 7 days. Nothing is left out: contacts of cases that are open, "
    "rejected or cancelled count as well. Final 14 days after the day.",
    "业内所称 gross：一次即解决工单的联系 / 全部来访联系，各计入联系当日。"
    "工单的登记即首次联系，其后客户与人工的每次来访联系各计一次。"
    "one_contact 计入且 7 天内解决的工单，其登记视为一次解决。未结、被拒绝或已取消工单的联系同样计入分母。当日之后 14 天定稿。",
)
FIELD_NET = _rule(
    "field_net",
    ("of first-level contacts", "按一线来访"),
    "What the field calls net: as field_gross, of the incoming contacts that the first level can resolve. Left out are contacts "
    "of a case that calls in more skill (a functional escalation) by the seventh day after the contact.",
    "业内所称 net：同 field_gross，但分母只含一线能够解决的来访联系；联系后第七天之前已作职能升级的工单，其联系不计。",
)
"""They divide by contacts, not by resolved cases; incoming.py counts them."""

NAMED = (*FCR_RULES, NO_REPEAT, FIELD_GROSS, FIELD_NET)
"""Every rule there is."""
