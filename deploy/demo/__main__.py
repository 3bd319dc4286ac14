"""`python -m deploy.demo`: start everything, play a month, show its figures, serve until Ctrl-C."""

import asyncio
import sys
import time
from typing import Annotated

import typer
from rich.console import Console

from deploy.demo.addresses import calls_by_class, show_addresses
from deploy.demo.desk import LiveFailed
from deploy.demo.figures import Analytics, show
from deploy.demo.kept import OtherMonth, kept
from deploy.demo.live import Lived, play_live
from deploy.demo.month import DAYS, SYSTEM, Month, facts_of
from deploy.demo.play import play, understood
from deploy.demo.progress import step
from deploy.demo.shipped import FIRST, can_promise, standards
from deploy.home import SHIPPED, Home
from deploy.importer.account import Account
from deploy.importer.client import ImportStopped
from deploy.kafka import KafkaFailed
from deploy.ports import PortBase, ports_from
from deploy.postgres import PostgresFailed
from deploy.process import Unreachable
from deploy.publishing import NotPublished, publish
from deploy.running import running, serve
from deploy.settled import Unsettled
from deploy.stack import Stack, StackFailed
from deploy.tenant import Occupied
from libs.events.words.now import real_now
from services.__main__ import PORTS

FAILURES = (
    StackFailed, Occupied, PostgresFailed, KafkaFailed, Unreachable, ImportStopped, Unsettled, LiveFailed, NotPublished,
    OtherMonth,
)  # fmt: skip

console = Console()


def main(
    kafka: Annotated[bool, typer.Option("--kafka", help="Put the log on a Kafka broker of our own.")] = False,
    seed: Annotated[int, typer.Option(help="Which month to make.")] = 7,
    cases: Annotated[int, typer.Option(help="How many cases.", min=50, max=20_000)] = 1500,
    once: Annotated[bool, typer.Option("--once", help="End when the figures are shown.")] = False,
    port_base: PortBase = PORTS["intake"],
) -> None:
    """Play a month of customer service through five real services and show its figures."""
    stack = Stack(Home.default(), kafka=kafka, ports=ports_from(port_base))
    begun = time.perf_counter()
    try:
        with running(stack, console, "starting / 启动", "stopping / 停止"):
            _demonstrate(stack, seed, cases)
            console.print(f"{time.perf_counter() - begun:.0f} s from start to figures / 从启动到出数", highlight=False)
            if not once and sys.stdin.isatty() and sys.stdout.isatty():
                console.print("[bold]serving; Ctrl-C stops everything / 服务运行中，按 Ctrl-C 停止[/]")
                serve(stack, console)
    except KeyboardInterrupt:
        pass
    except FAILURES as error:
        console.print(f"[red]the demo stopped / 演示中止:[/] {error}", soft_wrap=True)
        raise typer.Exit(1) from None


def _demonstrate(stack: Stack, seed: int, cases: int) -> None:
    kept_in = stack.home.folder / f"demo{'-kafka' if stack.broker else ''}.json"
    month = kept(kept_in, real_now(), seed=seed, cases=cases)
    _play_month(stack, month)
    lived = _play_live(stack)
    analytics = Analytics(stack.url("analytics"), month.since, real_now())
    show(console, analytics, asyncio.run(calls_by_class(stack.database_url, month.since)), standards())
    show_addresses(console, stack, lived)


def _play_month(stack: Stack, month: Month) -> None:
    facts = list(facts_of(month, standards(FIRST), can_promise))
    account = asyncio.run(play(stack, SYSTEM, facts, console))
    console.print(_told(account, month), highlight=False)
    for reason in account.reasons:
        console.print(f"  {reason}", markup=False)
    if odd := account.verdicts["rejected"] + account.verdicts["conflict"]:
        raise ImportStopped(
            f"{odd} facts of the month were not taken; the first reasons stand above. If the folder was filled by another "
            "version of this program, name a new one: LOOPDESK_HOME=another"
        )
    left = asyncio.run(understood(stack, console, "five services at work / 五个服务处理中"))
    for one in left:
        if one.parked:
            console.print(f"[red]{one.service} has {one.aside};[/] its log in {stack.home.folder}/logs says why")


def _told(account: Account, month: Month) -> str:
    new, known = account.verdicts["recorded"], account.verdicts["duplicate"]
    what = (
        f"{account.cases:,} cases, {account.facts_made:,} facts of the {DAYS} days to {month.until:%Y-%m-%d} (seed {month.seed})"
    )
    if not new:
        return f"{what}: already recorded, nothing is counted twice / 已有记录，不会重复"
    return f"{what}: recorded / 已记录" + (f" ({known:,} of them already / 其中已有)" if known else "")


def _play_live(stack: Stack) -> list[Lived]:
    publish(sorted((SHIPPED / "rosters").glob("*.yaml")), sla=stack.url("sla"), routing=stack.url("routing"))
    with step(console, "twelve cases played live / 现场处理十二个工单") as told:
        lived = play_live(stack, standards(), told)
    asyncio.run(understood(stack, console, "their figures / 计入指标"))
    return lived


if __name__ == "__main__":
    typer.run(main)
