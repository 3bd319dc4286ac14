"""`loopdesk`: run everything on this machine, import a log, replay and verify, make API keys."""

import sys
from collections.abc import Callable
from typing import Annotated

import typer

from deploy.commands.import_ import import_
from deploy.commands.instances import instances
from deploy.commands.key import key
from deploy.commands.parked import parked
from deploy.commands.publish import publish_
from deploy.commands.reckon import reckon
from deploy.commands.settled import settled_
from deploy.commands.tables import replay, verify
from deploy.commands.up import up
from deploy.commands.verify_log import verify_log_
from libs import VERSION

app = typer.Typer(no_args_is_help=True, help=__doc__)

COMMANDS: dict[str, Callable[..., None]] = {
    "up": up,
    "import": import_,
    "publish": publish_,
    "reckon": reckon,
    "replay": replay,
    "verify": verify,
    "verify-log": verify_log_,
    "settled": settled_,
    "parked": parked,
    "instances": instances,
    "key": key,
}
for name, command in COMMANDS.items():
    app.command(name)(command)


def show_version(asked: bool) -> None:
    """Print the version and end."""
    if asked:
        sys.stdout.write(f"loopdesk {VERSION}\n")
        raise typer.Exit


@app.callback()
def loopdesk(
    version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Show the version and end.")
    ] = False,
) -> None:
    """Run everything on this machine, import a log, replay and verify, make API keys."""


if __name__ == "__main__":
    app()
