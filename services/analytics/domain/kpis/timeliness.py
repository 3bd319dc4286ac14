"""Timeliness 时效: how long the customer waits, and how many wait too long."""

from collections.abc import Iterator

from services.analytics.domain.durations import micros
from services.analytics.domain.figure import Count, counted
from services.analytics.domain.life import Life


@counted(
    kpi="K02",
    unit="microseconds",
    direction="down",
    quantiles=True,
    en="From registration to the first answer of a person, on the day of that answer: an inbound contact that a named agent "
    "took, or an outbound one with purpose response. What a machine says is none; automated_answers counts it.",
    zh="从登记到首次人工答复的时间，计入答复当日：由具名客服接听的呼入联系，或目的为答复的外呼联系。"
    "自动答复不计，另见 automated_answers。",
)
def first_answer(life: Life) -> Iterator[Count]:
    """Count the first answer of a person."""
    answer = next((one for one in life.case.contacts if one.response), None)
    took = micros(life.came.at, answer.at) if answer else None
    if answer and took is not None:
        yield Count(answer.at, took, team=answer.team, agent=answer.agent)
