"""A real Prometheus in a folder, with the shipped rules: the one on the PATH, else Debian's package, unpacked without root.

The package (20 MB) is fetched by Debian's own client the first time and kept in the user's cache; nothing is installed.
`python -m deploy.prometheus` does only that, so that a later run finds it.
"""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode
from urllib.request import urlopen

import yaml

from deploy.guardian import Turn, guard
from deploy.home import SHIPPED
from deploy.process import free_port, tail

MONITORING = SHIPPED / "monitoring"
PROGRAMS = ("prometheus", "promtool")
START_SECONDS_MAX = 30
FETCH_SECONDS_MAX = 180


class PrometheusMissing(Exception):
    """There is no Prometheus here and none could be fetched; the message says what was tried."""


class PrometheusFailed(Exception):
    """Prometheus did not start; the message ends with its output."""


class PrometheusServer:
    """One Prometheus on loopback that asks `targets` (service → host:port) as the shipped one asks the containers."""

    def __init__(self, folder: Path, targets: Mapping[str, str], *, every: str = "15s") -> None:
        self.folder = folder.resolve()
        self.port = free_port()
        self._config = configured(targets, every)
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it and return when it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        config, log = self.folder / "prometheus.yml", self.folder / "prometheus.log"
        config.write_text(yaml.safe_dump(self._config))
        options = (f"--config.file={config}", f"--storage.tsdb.path={self.folder / 'data'}")
        with log.open("ab") as output:
            self._child = subprocess.Popen(
                [str(programs() / "prometheus"), *options, f"--web.listen-address=127.0.0.1:{self.port}"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        guard(self._child.pid, Turn.SERVICE)
        end = time.monotonic() + START_SECONDS_MAX
        while not self._is_ready():
            if self._child.poll() is not None or time.monotonic() > end:
                self.stop()
                raise PrometheusFailed(f"Prometheus did not start in {self.folder}:\n{tail(log)}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop it in order, by force if it takes too long."""
        if self._child is None:
            return
        self._child.terminate()
        try:
            self._child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._child = None

    def ask(self, path: str, **parameters: str) -> Any:
        """Return the data of an answer of its HTTP API: `ask("query", query="up")`."""
        with urlopen(f"http://127.0.0.1:{self.port}/api/v1/{path}?{urlencode(parameters)}", timeout=10) as answer:
            return json.load(answer)["data"]

    def _is_ready(self) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/-/ready", timeout=1):
                return True
        except OSError:
            return False


def configured(targets: Mapping[str, str], every: str) -> dict[str, Any]:
    """Return the shipped configuration for other addresses, with nobody to send alerts to."""
    config: dict[str, Any] = yaml.safe_load((MONITORING / "prometheus.yml").read_text("utf-8"))
    del config["alerting"]
    config["global"] = {"scrape_interval": every, "evaluation_interval": every}
    config["rule_files"] = [str(MONITORING / name) for name in config["rule_files"]]
    [job] = config["scrape_configs"]
    job["static_configs"] = [{"targets": [where], "labels": {"service": name}} for name, where in targets.items()]
    return config


def programs() -> Path:
    """Return the folder of `prometheus` and `promtool`; fetch them if this machine has none."""
    if all(found := [shutil.which(name) for name in PROGRAMS]):
        return Path(str(found[0])).parent
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "loopdesk" / "prometheus"
    folder = cache / "usr" / "bin"
    cache.mkdir(parents=True, exist_ok=True)
    # Several processes may fetch it at the same time.
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not all((folder / name).exists() for name in PROGRAMS):
            _fetch(cache)
    return folder


def _fetch(cache: Path) -> None:
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise PrometheusMissing("There is no Prometheus on the PATH, and no Debian client to fetch it with. Install Prometheus.")
    for stale in cache.glob("prometheus_*.deb"):
        stale.unlink()
    # We use package lists of our own, because only root can renew the machine's.
    (cache / "lists" / "partial").mkdir(parents=True, exist_ok=True)
    own = ("-o", f"Dir::State::lists={cache / 'lists'}", "-o", "APT::Sandbox::User=")
    if _said(cache, "apt-get", "download", "prometheus") and (
        said := _said(cache, "apt-get", *own, "update") or _said(cache, "apt-get", *own, "download", "prometheus")
    ):
        raise PrometheusMissing(f"There is no Prometheus on the PATH, and Debian's package could not be fetched: {said}")
    [package] = cache.glob("prometheus_*.deb")
    if said := _said(cache, "dpkg-deb", "-x", str(package), str(cache)):
        raise PrometheusMissing(f"{package} could not be unpacked: {said}")
    package.unlink()


def _said(folder: Path, *command: str) -> str:
    """Run a command; if it failed, return its output."""
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=FETCH_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        return f"{command[0]} took longer than {FETCH_SECONDS_MAX} s"
    return (done.stderr.strip() or f"{command[0]} ended with {done.returncode}") if done.returncode else ""


if __name__ == "__main__":
    try:
        sys.stdout.write(f"{programs()}\n")
    except PrometheusMissing as missing:
        sys.exit(str(missing))
