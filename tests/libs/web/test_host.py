"""A service accepts what it can promise to send on: past a limit of what waits for the log it asks to come again."""

from types import SimpleNamespace

import pytest

from libs.events.refusal import Refused
from libs.events.testing.toy import TOY
from libs.web.host import OUTBOX_EVENTS_MAX, Host, StoreSettings


class Accepting:
    async def execute(self, command):
        return command


def behind_by(many):
    host = Host(TOY, StoreSettings())
    host._instance = SimpleNamespace(unsent=many, writer=Accepting())
    return host


async def test_up_to_the_limit_it_accepts_while_the_log_is_away():
    assert await behind_by(OUTBOX_EVENTS_MAX).execute("a command") == "a command"


async def test_above_it_refuses_for_a_while():
    with pytest.raises(Refused) as no:
        await behind_by(OUTBOX_EVENTS_MAX + 1).execute("a command")
    assert (no.value.status, no.value.code) == (503, "log-behind")
