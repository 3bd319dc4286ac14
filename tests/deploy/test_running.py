"""While it runs, `loopdesk up` restarts processes that ended; where it cannot do so now, it says so and goes on trying."""

from types import SimpleNamespace

import pytest
from rich.console import Console

from deploy import running
from deploy.home import Home
from deploy.stack import Stack

pytestmark = pytest.mark.slow


def test_a_server_that_cannot_start_now_is_tried_again_and_ends_nothing(server_folder, monkeypatch, capsys):
    """As on a full disk, where PostgreSQL ends by itself and does not start before there is room."""
    stack = Stack(Home(server_folder / "serving"), ports={})
    needed, away = stack.postgres.data / "global", stack.postgres.data / "away"

    def broken():
        stack.postgres.kill()
        needed.rename(away)

    def mended():
        away.rename(needed)

    def end():
        raise KeyboardInterrupt

    steps = iter([broken, lambda: None, mended, end])
    monkeypatch.setattr(running, "time", SimpleNamespace(sleep=lambda seconds: next(steps)()))
    with stack:
        with pytest.raises(KeyboardInterrupt):
            running.serve(stack, Console(width=1_000))
        assert stack.postgres.is_running()
    first, *_, last = capsys.readouterr().out.splitlines()
    assert first.startswith("PostgreSQL did not start in ") and last == "everything runs again"
