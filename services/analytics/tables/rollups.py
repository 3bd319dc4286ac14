"""Sums of the cases' contributions by day × process × version × team × agent × grade × class."""

from libs.events.words.column import Column
from libs.events.words.row import Table
from services.analytics.domain.figure import LISTED
from services.analytics.domain.figures import COUNTED

SHORT = {"num": "numerator", "den": "denominator"}


def part(name: str, comment: str, kind: str = "text") -> Column:
    """Return a part of the primary key, a word unless it is of another kind."""
    return Column(comment, is_key=True, type=kind, name=name)


_PROCESS = (part("process_id", "The process standard"), part("process_version", "The version pinned to the cases", "integer"))
_HOLDER = (
    part("team", "The team it counts for; empty when unknown"),
    part("agent", "The agent it counts for; empty when unknown"),
)


def _kind(then: str) -> tuple[Column, Column]:
    return (
        part("grade", f"The grade that the case had {then}; empty when unknown"),
        part("service_class", f"The service class that the case had {then}; empty when unknown"),
    )


def _rollup(name: str, comment: str, *columns: Column) -> Table:
    day = part("day", "Date, in the desk's zone, of the instant that counts; the view's column zone names it", "date")
    return Table(name, comment, (day, *_PROCESS, *_HOLDER, *_kind("at that instant"), *columns), additive=True)


def _sum(name: str, comment: str) -> Column:
    return Column(comment, type="bigint", name=name)


FIRST_CONTACT_RESOLUTION = _rollup(
    "first_contact_resolution",
    "First contact resolution by rule, on the day of the first resolution, for its team and agent; field_gross and field_net on "
    "the day of each incoming contact, for the team and agent that had the case.",
    part("rule", "The rule, see GET /measures"),
    _sum("num", "Cases resolved at first contact by this rule"),
    _sum(
        "den",
        "Cases whose need was met, those cancelled within seven days left out; of field_gross and field_net, incoming contacts",
    ),
)

SATISFACTION = _rollup(
    "satisfaction",
    "The last answer of each case and day, for the team and agent that the invitation names.",
    _sum("answers", "Cases with an answer"),
    _sum("satisfied", "Cases whose overall score is 4 or 5"),
    _sum("score_sum", "Sum of the overall scores"),
    _sum("answers_apart", "Answers of cases that had ended without their need being met; in none of the other sums"),
)

TIMELINESS = _rollup(
    "timeliness",
    "Promises kept and broken, on the day that was decided, and finished late, on that day; for the team and agent "
    "that held the case when it was decided.",
    part("kind", "The kind of promise"),
    part("clock", "The name of the promise"),
    _sum("met", "Kept"),
    _sum("breached", "Broken, whether finished late, lapsed or still open"),
    _sum("ended_late", "Finished late on this day, whenever they were broken"),
    _sum("used_us", "Sum of the time used by those that were finished, in microseconds"),
)

WORKLOAD = _rollup(
    "workload",
    "What was done, each on its own day, for the team and agent that held the case then.",
    _sum("registered", "Cases registered, for the first team and agent assigned on that day"),
    _sum("assigned", "Assignments"),
    _sum("resolved", "Resolutions by which the need was met, each one if a case has several"),
    _sum("closed", "Closings"),
    _sum("reopened", "Reopenings"),
    _sum("contacts", "Contacts between persons; automatic ones left out"),
)

NODE_DURATIONS = _rollup(
    "node_durations",
    "Completed visits of nodes, on the day of completion, for the team and agent that did the work.",
    part("node", "The node of the process standard"),
    _sum("visits", "Completed visits"),
    _sum("waits", "Visits whose wait_us is known"),
    _sum("worked", "Visits whose work_elapsed_us is known"),
    _sum("wait_us", "Sum of the time from arrival to start, in microseconds"),
    _sum("work_elapsed_us", "Sum of the elapsed time from start to completion, in microseconds"),
)

OUTCOMES = _rollup(
    "outcomes",
    "How cases ended, each time one did: by its resolution, by closing without one, or by cancellation.",
    part("outcome", "resolved, rejected, unreachable, duplicate, withdrawn (also when cancelled), or a word of another system's"),
    _sum("cases", "Cases that ended so"),
)

STEPS = Table(
    "steps",
    "How cases went from node to node, on the day on which they were registered: a later step changes that day, too.",
    (
        part("day", "Date, in the desk's zone, of the registration; the view's column zone names it", "date"),
        *_PROCESS,
        part("source", "The node that was left; :start where the case came in"),
        part("target", "The node of the next visit; after the last one :end where the case is over, else :here"),
        _sum("steps", "Steps"),
        _sum("timed", "Steps whose node_visits.took_us is known"),
        _sum("by_clock", "Those of them that the node's own clock counted"),
        _sum("late", "Steps from a node whose own clock broke"),
        _sum("decided", "Steps from a node whose own clock was met or broke"),
    ),
    additive=True,
)

FIGURES = Table(
    LISTED,
    "What cases add to every figure that is counted by day (GET /measures).",
    (
        part("day", "Date, in the desk's zone, on which it counts", "date"),
        part("known_on", "Date of the fact that makes it so", "date"),
        *_PROCESS,
        *_kind("then"),
        *_HOLDER,
        part("part", "The word of the figure's own dimension, such as a node or a channel; else empty"),
        *(_sum(f"{one.name}_{short}", f"The {long} of {one.name}") for one in COUNTED for short, long in SHORT.items()),
    ),
    additive=True,
)

ROLLUPS = (FIRST_CONTACT_RESOLUTION, SATISFACTION, TIMELINESS, WORKLOAD, NODE_DURATIONS, OUTCOMES, STEPS, FIGURES)
