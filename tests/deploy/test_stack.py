"""Only our own processes count as ready; where another program listens, a start names it."""

import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from deploy.home import Home
from deploy.process import free_port
from deploy.stack import Stack, StackFailed
from deploy.tenant import Occupied

pytestmark = pytest.mark.slow


class Ready(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def stranger():
    """Another program on a port, which calls everything ready."""
    with ThreadingHTTPServer(("127.0.0.1", free_port()), Ready) as server:
        threading.Thread(target=server.serve_forever).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture
def stack(tmp_path, stranger):
    (tmp_path / "postgres").mkdir()
    for name in ("port", "password"):
        (tmp_path / "postgres" / name).write_text("5")
    stack = Stack(Home(tmp_path), ports={"sla": stranger})
    stack.home.make()
    return stack


def test_a_strangers_answer_does_not_make_our_process_ready(stack, stranger):
    stack.start_service("sla")
    with pytest.raises(
        StackFailed,
        match=f"its process ended with code 1. Its last output:\ncannot listen on 127.0.0.1:{stranger}",
    ):
        stack.wait_until_ready()


def test_another_program_on_our_port_is_named_before_anything_starts(stack, stranger):
    with pytest.raises(Occupied, match=rf"^Port {stranger} \(sla\) is taken by process {os.getpid()} \(.*End it first: kill"):
        stack.start()
    stack.stop()
    assert not stack.postgres.is_running()


def test_one_that_is_not_ready_in_time_is_said_to_live_and_to_have_said_nothing_yet(tmp_path, monkeypatch):
    monkeypatch.setattr("deploy.stack.TELL_SECONDS", 0.0)
    stack = Stack(Home(tmp_path), ports={"sla": free_port()}, module="tests.deploy.sleeper")
    stack.home.make()
    for name in ("port", "password"):
        (tmp_path / "postgres").mkdir(exist_ok=True)
        (tmp_path / "postgres" / name).write_text("5")
    stack.start_service("sla")
    told = []
    try:
        with pytest.raises(StackFailed, match="sla did not get ready: after 0 s it lives, and /readyz says no answer yet"):
            stack.wait_until_ready(seconds=0.3, tell=told.append)
        assert all(one.startswith("waiting for sla; /readyz of sla says no answer yet") for one in told) and told
    finally:
        stack.kill("sla")
