"""A command that cannot go on prints a line with the fault and the remedy, no traceback, and never a password."""

import threading
from http.server import HTTPServer, SimpleHTTPRequestHandler
from inspect import signature

import asyncpg
import pytest
from typer.testing import CliRunner

from deploy import cli
from deploy.commands import import_, tables, up, verify_log
from deploy.importer.client import ImportStopped
from deploy.stack import StackFailed
from libs import VERSION
from libs.events.log.envelope import Undecodable
from libs.events.log.port import LogUnavailable, LostTail, OffsetOutOfRange, UnfitTopic
from libs.events.log.sequence import Gap, Impostor
from libs.events.store.port import Conflict, Fenced, StoreUnavailable
from libs.events.upkeep.alone import UnderWay
from libs.events.upkeep.rebuild import NotDrained, OtherRelease
from services.__main__ import PORTS

SECRET = "geheim"
NOBODY_THERE = f"postgresql://u:{SECRET}@127.0.0.1:1/desk"


def run(*arguments: str, **environment: str):
    """Run `loopdesk` and return its output; its settings are only those given."""
    unset = {"LOOPDESK_DATABASE_URL": None, "LOOPDESK_KAFKA": None}
    return CliRunner().invoke(cli.app, arguments, env=unset | environment)


def stopped(result) -> str:
    """Return the one line that the command ended with."""
    assert (result.exit_code, result.stdout) == (1, "")
    assert isinstance(result.exception, SystemExit), "a traceback"
    (line,) = result.stderr.splitlines()
    return line.removeprefix("stopped: ")


def of_postgres(kind, message):
    """Return an error with the details that PostgreSQL writes below it."""
    error = kind(message)
    error.detail = "Process 1 waits for process 2."
    return error


@pytest.fixture
def failing(monkeypatch):
    """Make `verify-log` fail in its midst with an error."""

    def fail_with(error):
        async def fail(*arguments, **more):
            raise error

        monkeypatch.setattr(verify_log, "verify_log", fail)

    return fail_with


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [("verify-log",), ("verify-log", "--mend"), ("verify",), ("verify", "sla"), ("replay", "sla", "intake"), ("parked", "sla")],
    ids=" ".join,
)
@pytest.mark.parametrize("given", ["as an option", "in the environment"])
def test_a_database_that_is_not_there(command, given):
    option = given == "as an option"
    result = run(*command, "--database-url", NOBODY_THERE) if option else run(*command, LOOPDESK_DATABASE_URL=NOBODY_THERE)
    said = stopped(result)
    assert said.startswith("PostgreSQL at 127.0.0.1:1 cannot be reached: [Errno ")
    assert "Is it running (ours with `loopdesk up`)? Or give its address in --database-url or LOOPDESK_DATABASE_URL." in said
    assert SECRET not in result.output


@pytest.mark.slow
@pytest.mark.parametrize(
    ("why", "error", "says", "advises"),
    [
        ("a wrong password", asyncpg.InvalidPasswordError("no, u"), "does not let us in: no, u.", "Give the services' user"),
        ("no such database", asyncpg.InvalidCatalogNameError("no db"), "does not let us in: no db.", "Give the services' user"),
        ("never started", asyncpg.UndefinedTableError("no sla_core"), "is missing: no sla_core.", "start them all once"),
        ("no such schema", asyncpg.InvalidSchemaNameError("no log"), "is missing: no log.", "start them all once"),
        ("another release", asyncpg.UndefinedColumnError("no code"), "is missing: no code.", "start them all once"),
        ("no topic", UnfitTopic("no topic cases"), "is missing: no topic cases.", "start them all once"),
        ("another's tables", asyncpg.InsufficientPrivilegeError("denied"), "127.0.0.1:1 refuses: denied.", "Give the user of"),
        ("a deadlock", of_postgres(asyncpg.DeadlockDetectedError, "deadlock"), "quicker: deadlock.", "same command again"),
        ("a conflict", Conflict("a subject was changed\nDETAIL: x"), "quicker: a subject was changed.", "same command again"),
        ("a lost lease", Fenced("cases/1 is another's"), "quicker: cases/1 is another's.", "same command again"),
        ("a gap", Gap("number 4 follows 2"), "that were sent are not on the log: number 4 follows 2.", "See EventMissing"),
        ("a lost end", LostTail("no number 4"), "that were sent are not on the log: no number 4.", "See EventMissing"),
        ("a short log", OffsetOutOfRange("ends at 3"), "that were sent are not on the log: ends at 3.", "See EventMissing"),
        ("a stranger", Impostor("x said y"), "no service of ours wrote: x said y.", "See PartitionStopped in docs/operating.md"),
        ("a stranger's bytes", Undecodable("no JSON"), "no service of ours wrote: no JSON.", "See PartitionStopped"),
        ("no log", LogUnavailable("Kafka at h:1"), "The log cannot be read: Kafka at h:1.", "Is it running"),
        ("a store that is away", StoreUnavailable("away"), "PostgreSQL at 127.0.0.1:1 cannot be reached: away.", "Is it running"),
        ("no answer in time", TimeoutError(), "PostgreSQL at 127.0.0.1:1 cannot be reached: TimeoutError.", "Is it running"),
        ("a cut", asyncpg.ConnectionDoesNotExistError("closed"), "127.0.0.1:1 cannot be reached: closed.", "Is it running"),
        ("too many", asyncpg.TooManyConnectionsError("too many"), "127.0.0.1:1 cannot be reached: too many.", "Is it running"),
        ("anything else", of_postgres(asyncpg.DivisionByZeroError, "by 0"), "1 refuses: by 0.", "log says more"),
        ("no right", asyncpg.InsufficientPrivilegeError("denied"), "refuses: denied.", "Give the user of"),
        ("not sent yet", NotDrained("7 wait; is the service running?"), "7 wait; is the service running?", ""),
        ("a second replay", UnderWay("sla is being replayed. Wait"), "sla is being replayed. Wait", ""),
        ("other tables", OtherRelease("start this one's service [bold]"), "start this one's service [bold]", ""),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_what_to_do(failing, why, error, says, advises):
    failing(error)
    result = run("verify-log", "--database-url", NOBODY_THERE)
    said = stopped(result)
    assert says in said, why
    assert advises in said
    assert SECRET not in result.output and "Process 1" not in said


def test_a_fault_of_ours_keeps_its_traceback(failing):
    failing(KeyError("ours"))
    assert isinstance(run("verify-log", "--database-url", NOBODY_THERE).exception, KeyError)


def test_ctrl_c_ends_it_without_a_word(failing):
    failing(KeyboardInterrupt())
    result = run("verify-log", "--database-url", NOBODY_THERE)
    assert (result.exit_code, "Traceback" in result.output) == (130, False)


def test_a_home_without_a_database(tmp_path):
    said = stopped(run("verify", LOOPDESK_HOME=str(tmp_path)))
    assert said.startswith(f"There is no database in {tmp_path} yet. Run `loopdesk up` first")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("why", "arguments", "says"),
    [
        ("no such service", ("parked", "nosuch"), "no service 'nosuch'; there are intake"),
        ("one of several", ("verify", "sla", "nosuch"), "no service 'nosuch'"),
        ("to rebuild", ("replay", "nosuch"), "no service 'nosuch'"),
        ("no address", ("verify-log", "--database-url", SECRET), "not a database address"),
        ("another database's", ("verify-log", "--database-url", f"mysql://u:{SECRET}@h/d"), "not a database address"),
        ("no port", ("parked", "sla", "--database-url", f"postgresql://u:{SECRET}@h:x/d"), "not a database address"),
        ("a port too high", ("verify", "--database-url", f"postgresql://u:{SECRET}@h:70000/d"), "not a database address"),
        ("half an IPv6 address", ("replay", "--database-url", f"postgresql://u:{SECRET}@[::1/d"), "not a database address"),
        ("a / in the password", ("verify", "--database-url", f"postgresql://u:1/{SECRET}@h/d"), "not a database address"),
        ("a # in the password", ("verify", "--database-url", f"postgresql://u:1#{SECRET}@h/d"), "not a database address"),
        ("no broker's address", ("verify", "--kafka", "http://h:1"), "not a broker address"),
    ],
)  # fmt: skip
def test_a_wrong_word_is_wrong_usage(why, arguments, says):
    result = run(*arguments)
    assert result.exit_code == 2, why
    words = " ".join(result.stderr.replace("│", " ").split())
    assert says in words, why
    assert SECRET not in result.output and "Traceback" not in result.output


@pytest.mark.slow
@pytest.mark.parametrize(
    "address",
    [
        "postgresql://h/d",
        "postgres://u:p@h:5432,[::1]:5433/d?sslmode=require",
        "postgresql:///d?host=/run",
        "postgresql://u:a%2Fb@h",
    ],
)
def test_an_address_that_can_be_one_is_tried(failing, address):
    failing(LogUnavailable("tried"))
    assert "tried" in stopped(run("verify-log", "--database-url", address))


@pytest.mark.slow
@pytest.mark.parametrize(("given", "asked"), [((), list(PORTS)), (("sla", "intake"), ["sla", "intake"])])
def test_all_services_unless_some_are_named(monkeypatch, given, asked):
    names = []

    async def rebuild_services(services, *arguments, **more):
        names.extend(services)
        return []

    monkeypatch.setattr(tables, "rebuild_services", rebuild_services)
    assert run("verify", *given, "--database-url", NOBODY_THERE).exit_code == 0
    assert names == asked


@pytest.mark.parametrize(("kafka", "database"), [((), "/loopdesk"), (("--kafka", "127.0.0.1:9"), "/loopdesk_kafka")])
def test_our_own_database_is_the_one_of_the_log_that_is_named(monkeypatch, tmp_path, kafka, database):
    urls = []

    async def rebuild_services(services, url, *arguments, **more):
        urls.append(url)
        return []

    monkeypatch.setattr(tables, "rebuild_services", rebuild_services)
    (tmp_path / "postgres").mkdir()
    for name in ("port", "password"):
        (tmp_path / "postgres" / name).write_text("5")
    assert run("verify", *kafka, LOOPDESK_HOME=str(tmp_path)).exit_code == 0
    assert urls[0].endswith(database)


def test_what_does_not_start_says_why(monkeypatch):
    class Stack:
        def __init__(self, home, **more):
            raise StackFailed("sla did not get ready:\nno room")

    monkeypatch.setattr(up, "Stack", Stack)
    result = run("up")
    assert (result.exit_code, result.stderr) == (1, "stopped: sla did not get ready:\nno room\n")


def test_an_import_that_stops_says_so_beside_its_account(monkeypatch):
    async def run_import(*arguments, **more):
        raise ImportStopped("answered 401 [/who] are you")

    monkeypatch.setattr(import_, "run_import", run_import)
    assert stopped(run("import", "helpdesk", "log.csv")) == "answered 401 [/who] are you"


DESK = (
    "{system: desk, case: id, times: {zone: UTC, columns: {at: iso}}, process: {id: ticket, version: 1}, facts: ["
    "{on: first, fact: case.registered, at: at, data: {channel: x, customer_ref: anonymous}},"
    "{on: every, fact: case.reopened, at: at}]}"
)


@pytest.fixture
def desk(tmp_path):
    """Return a mapping, and the path of its log, of which the test writes the second row."""

    def written(second: str) -> tuple[str, str]:
        (tmp_path / "log.csv").write_text(f"id,at\nc1,2024-01-01\n{second.replace('x', '2024-01-02')}\n")
        (tmp_path / "desk.yaml").write_text(DESK)
        return str(tmp_path / "desk.yaml"), str(tmp_path / "log.csv")

    return written


@pytest.mark.parametrize(("second", "code", "says"), [("c1,x", 0, "with facts"), ('c1,"x', 1, "line 3: malformed: a quote")])
def test_a_rehearsal_s_exit_code_says_whether_the_log_is_sound(desk, second, code, says):
    result = run("import", *desk(second), "--dry-run")
    assert (result.exit_code, says in result.stdout) == (code, True), result.output


@pytest.mark.slow
@pytest.mark.parametrize(
    ("second", "options", "is_sent"),
    [("c1,x", [], True), ('c1,"x', [], False), ('c1,"x', ["--wait"], False), ('c1,"x', ["--with-faults"], True)],
)
def test_a_log_with_faults_is_sent_only_on_request(desk, second, options, is_sent):
    # A server that takes no POST tells at once that something was sent.
    with HTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        result = run("import", *desk(second), "--url", f"http://127.0.0.1:{server.server_port}", *options)
        server.shutdown()
    assert (result.exit_code, "answered 501" in result.stderr, "Nothing was sent" in result.stdout) == (1, is_sent, not is_sent)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("why", "arguments", "says"),
    [
        ("no such mapping", ("import", "nosuch", "log.csv", "--dry-run"), "nosuch.yaml: 1 fault"),
        ("no such log", ("import", "helpdesk", "nosuch.csv", "--dry-run"), "nosuch.csv cannot be read"),
        ("no such file", ("publish", "nosuch.yaml"), "No such file or directory: 'nosuch.yaml'"),
        ("no such service", ("publish", "deploy/calendars/always.yaml", "--sla", "http://127.0.0.1:1"), "cannot be reached"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_said(why, arguments, says):
    result = run(*arguments)
    assert (result.exit_code, says in result.stderr, "Traceback" in result.output) == (1, True, False), why


@pytest.mark.slow
def test_the_version_is_that_of_the_distribution():
    result = run("--version")
    assert (result.exit_code, result.stdout) == (0, f"loopdesk {VERSION}\n")


@pytest.mark.parametrize(
    ("typed", "offered"),
    [("ver", {"verify", "verify-log"}), ("parked s", {"sla", "survey"}), ("verify intake an", {"analytics"})],
)
def test_a_shell_completes_commands_and_services(typed, offered):
    asked = {"_LOOPDESK_COMPLETE": "complete_bash", "COMP_WORDS": f"loopdesk {typed}", "COMP_CWORD": str(typed.count(" ") + 1)}
    result = CliRunner().invoke(cli.app, [], env=asked, prog_name="loopdesk")
    assert set(result.stdout.split()) == offered


@pytest.mark.parametrize(
    ("why", "changed", "says"),
    [
        ("never started", ("", ""), 'relation "sla_core.live" does not exist'),
        ("a wrong password", ("@127", "x@127"), "does not let us in: password authentication failed"),
        ("no such database", ("/test_", "/nosuch_"), "does not let us in: database "),
    ],
)  # fmt: skip
@pytest.mark.parametrize("command", [("verify", "sla"), ("replay", "sla"), ("parked", "sla")], ids=" ".join)
def test_what_postgres_itself_refuses(database_url, command, why, changed, says):
    url = database_url.replace(*changed) if changed[0] else database_url
    assert says in stopped(run(*command, "--database-url", url)), why


@pytest.mark.parametrize("name", [name for name, one in cli.COMMANDS.items() if "database_url" in signature(one).parameters])
def test_a_command_finds_our_own_database_also_when_the_log_is_in_kafka(name):
    """`loopdesk up --kafka` has another one."""
    assert "kafka" in signature(cli.COMMANDS[name]).parameters
