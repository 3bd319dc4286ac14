"""The data folder of the embedded default: databases, the broker's log, secrets, each process's output."""

import os
import secrets
from hashlib import sha256
from pathlib import Path

from deploy.process import unprivileged, write_whole

SHIPPED = Path(__file__).parent
FOR_ROOT = Path("/var/lib/loopdesk")


class Home:
    """A folder that is made at the first start and kept between runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()

    @classmethod
    def default(cls) -> "Home":
        """Return the folder that LOOPDESK_HOME names; if it is empty, `.loopdesk` in the current folder.

        For root, below a folder that only root may enter, it is one below /var/lib/loopdesk: PostgreSQL refuses to run
        as root, and that user must be able to enter its folder.
        """
        if named := os.environ.get("LOOPDESK_HOME"):
            return cls(Path(named))
        here = Path.cwd()
        if os.geteuid() == 0 and not unprivileged(here / ".loopdesk" / "postgres" / "data").reaches(here):
            return cls(FOR_ROOT / sha256(bytes(here)).hexdigest()[:12])
        return cls(here / ".loopdesk")

    def make(self) -> None:
        """Make the folder; the database's own user must be able to enter it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o711)
        (self.folder / "logs").mkdir(exist_ok=True)

    def log(self, name: str) -> Path:
        """Return the file that a process writes to."""
        return self.folder / "logs" / f"{name}.log"

    def secret(self, name: str) -> str:
        """Return a secret of this installation, made when first asked for."""
        file = self.folder / f"{name}.secret"
        if not file.exists():
            write_whole(file, secrets.token_urlsafe(32), 0o600)
        return file.read_text()
