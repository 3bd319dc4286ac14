"""The five services' /openapi.json as files: `python -m deploy.docs.openapi FOLDER`."""

import json
import os
import sys
from pathlib import Path
from typing import Any
from unittest.mock import patch

from services.__main__ import PORTS, app_of

_NOBODY = {"LOOPDESK_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing", "LOOPDESK_SURVEY_SECRET": "none"}
"""Enough to make the apps; nothing is opened before an app starts."""


def documents() -> dict[str, dict[str, Any]]:
    """Return each service's description, in English whatever the environment says."""
    with patch.dict(os.environ, _NOBODY, clear=True):
        return {name: app_of(name)[0].openapi() for name in PORTS}


def main(folder: Path) -> None:
    """Write each description to `FOLDER/SERVICE.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in documents().items():
        (folder / f"{name}.json").write_text(json.dumps(document, indent=2, ensure_ascii=False), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
