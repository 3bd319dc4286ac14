"""When another program has our port, we name it and say what to do."""

import os
import socket

import pytest

from deploy.ports import must_be_free, ports_from
from deploy.process import free_port
from deploy.tenant import Occupied


@pytest.fixture
def ports():
    return {"intake": free_port(), "sla": free_port()}


def test_free_ports_are_free(ports):
    must_be_free(ports)


def test_a_taken_port_is_named_with_its_service_and_its_holder(ports):
    with socket.create_server(("127.0.0.1", ports["sla"])), pytest.raises(Occupied, match=r"--port-base \d+$") as told:
        must_be_free(ports)
    assert f"Port {ports['sla']} (sla) is taken by process {os.getpid()} (" in str(told.value)
    assert "(intake)" not in str(told.value)


def test_five_ports_follow_the_first():
    assert list(ports_from(9001).values()) == [9001, 9002, 9003, 9004, 9005]
