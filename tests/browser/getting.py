"""A Chromium that tests can drive, and fonts for what it shows: those of the machine, else Debian's packages.

`python -m tests.browser.getting` installs what is missing, if it is root on a Debian, and prints the program's path.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

SETTING = "LOOPDESK_CHROMIUM"
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGE = "chromium-headless-shell"
FONTS = {"zh": "fonts-wqy-microhei", "und-zsye": "fonts-noto-color-emoji"}
"""What fontconfig calls Chinese and emoji → a small package that has it; without them a screenshot shows boxes."""
INSTALL_SECONDS_MAX = 300


class ChromiumMissing(Exception):
    """Chromium or a font is not here and cannot be installed; the message is one line that says what to install."""


def program() -> Path:
    """Return the Chromium to drive; install what is missing."""
    if missing := list(_missing()):
        _install(missing)
    if (found := _found()) is None:
        raise ChromiumMissing(f"There is no Chromium here. {_advice([PACKAGE])}")
    return found


def _found() -> Path | None:
    if named := os.environ.get(SETTING):
        if not shutil.which(named):
            raise ChromiumMissing(f"{SETTING} names {named}, which is no program here. Name a Chromium, or leave it unset.")
        return Path(named)
    return next((Path(path) for name in PROGRAMS if (path := shutil.which(name))), None)


def _missing() -> Iterator[str]:
    """Yield the packages that this machine needs."""
    if _found() is None:
        yield PACKAGE
    for kind, package in FONTS.items():
        if not _has_font(kind):
            yield package


def _has_font(kind: str) -> bool:
    if not shutil.which("fc-list"):
        return sys.platform != "linux"  # other systems come with these fonts
    return bool(subprocess.run(["fc-list", f":lang={kind}", "family"], capture_output=True, check=False).stdout.strip())


def _install(packages: list[str]) -> None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise ChromiumMissing(f"The pages cannot be looked at: {' and '.join(packages)} missing. {_advice(packages)}")
    sys.stderr.write(f"installing {' '.join(packages)} (once; half a minute)\n")
    for command in (("update",), ("install", "-y", "--no-install-recommends", *packages)):
        if said := _said("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120", *command):
            raise ChromiumMissing(f"apt-get could not install {' '.join(packages)}: {said}")


def _said(*command: str) -> str:
    """Run a command; if it failed, return the last line of its output."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=INSTALL_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        return f"it took longer than {INSTALL_SECONDS_MAX} s"
    lines = (done.stderr.strip() or f"it ended with {done.returncode}").splitlines()
    return lines[-1] if done.returncode else ""


def _advice(packages: list[str]) -> str:
    return f"Install them, for example `sudo apt-get install {' '.join(packages)}`; {SETTING} may name another Chromium."


if __name__ == "__main__":
    try:
        sys.stdout.write(f"{program()}\n")
    except ChromiumMissing as missing:
        sys.exit(str(missing))
