"""The PostgreSQL we start ourselves: it comes back after everything that happens to a process."""

import asyncio
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from deploy.postgres import PostgresFailed, PostgresServer


@pytest.fixture(scope="module")
def server(postgres: PostgresServer, server_folder: Path) -> Iterator[PostgresServer]:
    with PostgresServer(server_folder / "own", settings={"fsync": "off"}) as own:
        yield own


async def ask(url: str, statement: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def test_what_was_committed_is_there_after_a_kill_and_the_address_is_the_same(server: PostgresServer) -> None:
    url = server.create_database("kept")
    await ask(url, "create table t as select 42 as n")
    server.kill()
    assert not server.is_running()
    server.start()
    assert server.url("kept") == url
    assert await ask(url, "select n from t") == 42


def test_starting_and_creating_twice_is_once(server: PostgresServer) -> None:
    pid = server.pid
    server.start()
    assert server.pid == pid
    assert server.create_database("twice") == server.create_database("twice")


def test_another_handle_finds_the_running_server(server: PostgresServer) -> None:
    other = PostgresServer(server.folder)
    assert other.is_running()
    assert other.url("x") == server.url("x")


async def test_a_pid_file_naming_a_strangers_process_does_not_stop_the_start(server: PostgresServer) -> None:
    server.kill()
    stranger = await asyncio.create_subprocess_exec(sys.executable, "-c", "import time; time.sleep(60)")
    file = server.data / "postmaster.pid"
    lines = file.read_text().split("\n")
    file.write_text("\n".join([str(stranger.pid), *lines[1:]]))
    try:
        assert not server.is_running()
        server.start()
        assert await ask(server.url(), "select 1") == 1
    finally:
        stranger.kill()
        await stranger.wait()


@pytest.mark.postgres
def test_a_first_start_that_was_killed_in_the_midst_is_begun_again(server_folder: Path) -> None:
    folder = server_folder / "first"
    start = f"from pathlib import Path; from deploy.postgres import PostgresServer; PostgresServer(Path({str(folder)!r})).start()"
    with subprocess.Popen([sys.executable, "-c", start]) as first:
        while not list(folder.glob("*/PG_VERSION")):  # initdb writes it before anything else
            assert first.poll() in (None, 0)
        first.kill()
    with PostgresServer(folder) as server:
        server.create_database("whole")


async def test_nobody_enters_without_the_password(server: PostgresServer) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await ask(server.url().replace(":" + (server.folder / "password").read_text(), ":guess"), "select 1")
    assert stat.S_IMODE((server.folder / "password").stat().st_mode) == 0o600
    assert stat.S_IMODE(server.folder.stat().st_mode) == 0o700


async def test_it_listens_on_loopback_only_and_has_room_for_five_services(server: PostgresServer) -> None:
    assert await ask(server.url(), "show listen_addresses") == "127.0.0.1"
    assert int(str(await ask(server.url(), "show max_connections"))) >= 100


def test_a_start_that_fails_says_why(postgres: PostgresServer, server_folder: Path) -> None:
    with pytest.raises(PostgresFailed, match="no_such_setting"):
        PostgresServer(server_folder / "broken", settings={"no_such_setting": "1"}).start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has somebody else run PostgreSQL")
def test_a_folder_the_servers_user_cannot_enter_is_refused_with_advice(postgres: PostgresServer, server_folder: Path) -> None:
    closed = server_folder / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(Exception, match="chmod o"):
        PostgresServer(closed / "pg").start()
