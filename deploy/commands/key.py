"""`loopdesk key`: make API keys."""

from pathlib import Path
from typing import Annotated

import typer
import yaml

from deploy.commands.terminal import console
from libs.web.keys import new_key
from libs.web.written import read_yaml


def key(
    name: Annotated[str, typer.Argument(help="Who will use it.")],
    scope: Annotated[list[str], typer.Option(help="What it may do, for example cases:write; several allowed.")],
    person: Annotated[
        str, typer.Option(help="Whose key it is, by the id that rosters and events have; leave it out for a system.")
    ] = "",
    file: Annotated[Path, typer.Option(envvar="LOOPDESK_KEYS_FILE", help="The keys file.")] = Path("keys.yaml"),
) -> None:
    """Make an API key, add its hash to the keys file and show it once."""
    plain, entry = new_key(name, scope, person)
    entries = read_yaml(file.read_text()) if file.exists() else []
    file.touch(mode=0o600)
    file.write_text(yaml.safe_dump([*(entries or []), entry], sort_keys=False))
    console.print(plain, soft_wrap=True, highlight=False)
