"""Two stacks never run in one folder; the second is told of the first, or of the remains of a killed one."""

import os
import subprocess

import msgspec
import psutil
import pytest

from deploy.tenant import Note, Occupied, Tenant


@pytest.fixture
def sleeper():
    with subprocess.Popen(["sleep", "60"]) as process:
        yield process
        process.kill()


def test_the_second_is_refused_by_the_name_of_the_first(tmp_path):
    first, second = Tenant(tmp_path), Tenant(tmp_path)
    first.enter()
    with pytest.raises(Occupied) as told:
        second.enter()
    assert f"already runs in {tmp_path}, as process {os.getpid()} (" in str(told.value)
    assert f"or: kill {os.getpid()}. To run another one" in str(told.value)
    assert (first.is_in, second.is_in) == (True, False)
    first.leave()
    second.enter()
    second.leave()


def test_a_folder_that_is_just_being_taken_is_taken(tmp_path):
    first = Tenant(tmp_path)
    first.enter()
    (tmp_path / "tenant").write_text('{"pid": ')
    with pytest.raises(Occupied, match=", and is just starting or ending"):
        Tenant(tmp_path).enter()


def test_what_an_earlier_one_left_is_named_until_it_ends(tmp_path, sleeper):
    killed = Tenant(tmp_path)
    killed.enter()
    killed.started("sla", sleeper.pid)
    killed.leave()
    with pytest.raises(Occupied, match=rf"left behind sla \(process {sleeper.pid}\).*end them: kill {sleeper.pid}$"):
        Tenant(tmp_path).enter()
    sleeper.kill()
    sleeper.wait()
    Tenant(tmp_path).enter()


def test_another_process_that_has_its_number_by_now_is_not_ours(tmp_path, sleeper):
    begun = psutil.Process(sleeper.pid).create_time()
    note = Note(started={"sla": (sleeper.pid, begun - 1)})
    (tmp_path / "tenant").write_bytes(msgspec.json.encode(note))
    Tenant(tmp_path).enter()
