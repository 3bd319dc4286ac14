"""The write side: the cost of accepting a case, beside an endpoint that does nothing, one that commits, and a help desk."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack

from benchmarks import cases, served
from benchmarks.load import CLIENTS, Load, closed
from benchmarks.measure import ROUNDS, Goal, Row, beside, spread, take_turns

SECONDS = 5.0
WORK = f"POST /cases, validated, idempotent, durable, {CLIENTS} clients"
INTAKE = "intake"
GOALS = {
    "FastAPI, the same model, doing nothing": Goal(0.6),
    "FastAPI, one commit per request": Goal(1.3),
    "django-helpdesk, REST create": Goal(40.0),
}
LIMIT = (
    "one Python process, four fifths of a processor: of its 0.65 ms for a case HTTP takes two fifths (the endpoint that does "
    "nothing takes 0.17 ms for all it does), the group commit two fifths (two thirds of it in the driver: some ten statements "
    "for some fifteen cases), the relay and the loop the rest; PostgreSQL and Kafka take half of the other processor. One way to "
    "take parameters and body (libs/web/taking.py) cost about a twentieth: 1,784 cases a second before, 1,694 after, in two runs"
)


def rows() -> list[Row]:
    """Measure all sides in turn, and return their rates and waits."""
    with ExitStack() as running:
        loads = take_turns(_turns(running), rounds=ROUNDS, warm=1)
    return [
        *(_row(WORK, "1/s", loads, peer, lambda load: load.rate, goal) for peer, goal in GOALS.items()),
        *(_row(f"the same, p{share}", "ms", loads, peer, _percentile(share)) for share in (50, 99) for peer in GOALS),
        _client(loads[INTAKE]),
    ]


def _turns(running: ExitStack) -> dict[str, Callable[[], Load]]:
    nothing, commit, helpdesk = GOALS
    ours = running.enter_context(served.stack("write"))
    for name in ours.ports:
        if name != "intake":
            ours.kill(name)  # only their standards were needed; reading is measured elsewhere
    intake = f"{ours.url('intake')}/cases"
    bare = running.enter_context(served.doing_nothing())
    committing = running.enter_context(served.committing(ours.postgres.create_database("plain")))
    tickets, token, queue = running.enter_context(served.helpdesk(ours.postgres.create_database("helpdesk")))
    return {
        INTAKE: lambda: closed(intake, cases.posts(intake), seconds=SECONDS),
        nothing: lambda: closed(bare, cases.posts(bare), seconds=SECONDS),
        commit: lambda: closed(committing, cases.posts(committing), seconds=SECONDS),
        helpdesk: lambda: closed(tickets, cases.tickets(tickets, token, queue), seconds=SECONDS),
    }


def _row(
    work: str,
    unit: str,
    loads: Mapping[str, list[Load]],
    peer: str,
    figure: Callable[[Load], float],
    goal: Goal | None = None,
) -> Row:
    ours, theirs = (list(map(figure, loads[name])) for name in (INTAKE, peer))
    return beside(work, unit, ours, peer, theirs, goal=goal, limit=LIMIT if goal else "")


def _percentile(share: int) -> Callable[[Load], float]:
    return lambda load: load.percentile(share / 100)


def _client(loads: list[Load]) -> Row:
    taken = spread([100 * load.client_cpu / load.seconds for load in loads])
    return Row("the client's own share of a processor meanwhile", "%", taken, "", None, None, None, "")
