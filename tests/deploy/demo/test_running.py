"""When somebody is where the demo wants to be, it says who, and what to do."""

import socket
from unittest.mock import PropertyMock, patch

import pytest

from deploy.demo.running import Occupied, must_be_free
from deploy.home import Home
from deploy.postgres import PostgresServer
from deploy.process import free_port
from deploy.stack import Stack


@pytest.fixture
def stack(tmp_path):
    return Stack(Home(tmp_path / "home"), ports={"intake": free_port(), "sla": free_port()})


def test_free_ports_and_a_new_folder_are_free(stack):
    must_be_free(stack)


def test_a_taken_port_is_named_with_its_service(stack):
    with socket.create_server(("127.0.0.1", stack.ports["sla"])), pytest.raises(Occupied, match=r"\(sla\).*--port-base") as told:
        must_be_free(stack)
    assert "intake" not in str(told.value)


def test_a_folder_in_use_is_named(stack):
    running = patch.object(PostgresServer, "pid", new_callable=PropertyMock, return_value=4711)
    with running, pytest.raises(Occupied, match=r"home already.*LOOPDESK_HOME.*kill 4711"):
        must_be_free(stack)
