"""The data folder of the embedded default: databases, the broker's log, secrets, each process's output."""

import os
import secrets
from pathlib import Path

SHIPPED = Path(__file__).parent


class Home:
    """A folder that is made at the first start and kept between runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()

    @classmethod
    def default(cls) -> "Home":
        """Return the folder LOOPDESK_HOME names, else `.loopdesk` where the command was given."""
        return cls(Path(os.environ.get("LOOPDESK_HOME", ".loopdesk")))

    def make(self) -> None:
        """Make the folder; the database's own user must be able to enter it."""
        self.folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        (self.folder / "logs").mkdir(exist_ok=True)

    def log(self, name: str) -> Path:
        """Return the file a process writes to."""
        return self.folder / "logs" / f"{name}.log"

    def secret(self, name: str) -> str:
        """Return a secret of this installation, made when first asked for."""
        file = self.folder / f"{name}.secret"
        if not file.exists():
            file.touch(mode=0o600)
            file.write_text(secrets.token_urlsafe(32))
        return file.read_text()
