"""Communication 沟通: by which way customers come."""

from collections.abc import Iterator

from libs.events.catalogue.standard import Label
from services.analytics.domain.contacts import further_contacts
from services.analytics.domain.figure import Count, arrived, counted
from services.analytics.domain.life import Life

ONLINE = ("web", "email", "chat", "app", "wechat", "video", "portal", "form", "sms")
"""DESIGN: no handbook lists the channels that are online."""


@counted(
    title=Label(en="Channel mix", zh="渠道占比"),
    kpi="K47",
    unit="share",
    counts="contact",
    part="channel",
    share="channel",
    en="Channel mix: the share of each channel in the contacts that came from customers, on the day of each. The "
    "registration is the "
    "first contact of a case; every later inbound one with a person is one more.",
    zh="渠道占比：客户来访联系中各渠道所占比例，计入联系当日。登记为首次联系，其后每次与人工的呼入联系各计一次。",
)
def channel_mix(life: Life) -> Iterator[Count]:
    """Count every contact that comes in under its channel."""
    yield from arrived(life, 1, 0, part=life.came.channel)
    for one in further_contacts(life.case, life.came):
        yield Count(one.at, 1, 0, one.team, one.agent, one.channel)


@counted(
    title=Label(en="Online contacts", zh="线上联系占比"),
    kpi="K47",
    unit="rate",
    counts="contact",
    en="Contacts that came from customers online (" + ", ".join(ONLINE) + "), of all, on the day of each.",
    zh="客户通过线上渠道（" + "、".join(ONLINE) + "）的来访联系 / 全部来访联系，计入联系当日。",
)
def online_share(life: Life) -> Iterator[Count]:
    """Count every contact that comes in, and those online."""
    yield from arrived(life, int(life.came.channel in ONLINE))
    for one in further_contacts(life.case, life.came):
        yield Count(one.at, int(one.channel in ONLINE), 1, one.team, one.agent)
