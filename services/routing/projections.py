"""A case's and a process's facts → their rows."""

from collections.abc import Iterable, Sequence

import msgspec

from libs.events.catalogue.routing import ProcessDrafted, ProcessPublished
from libs.events.engine.fold import Fold
from libs.events.words.event import Topic
from libs.events.words.row import Row
from services.routing.domain.cases import case
from services.routing.domain.cases.case import RoutingCase
from services.routing.domain.standards import process
from services.routing.domain.standards.process import Process


def case_rows(key: str, state: RoutingCase) -> Iterable[Row]:
    """Yield the case's one row."""
    yield Row(
        "cases",
        (key,),
        (
            state.process_id,
            state.process_version,
            state.phase.value,
            state.service_class,
            state.category,
            state.severity,
            state.grade,
            state.team,
            state.agent,
            state.role,
            state.node,
            state.started,
            _json(list(state.done)),
            _json(state.exceptions),
            len(state.escalations),
            state.reopened,
            state.outcome,
            state.since,
            state.waiting_since or state.since,
            state.resolved_at,
            state.closed_at,
        ),
    )


def process_rows(key: str, state: Process) -> Iterable[Row]:
    """Yield a row for every version."""
    for number, version in state.versions.items():
        standard = version.published or version.drafted
        if standard is not None:
            yield Row(
                "processes",
                (key, number),
                (
                    "published" if version.published else "drafted",
                    standard.name.en,
                    standard.name.zh,
                    len(standard.nodes),
                    standard.change,
                    standard.reviewer,
                    _json(version.warnings),
                    version.drafted_at,
                    version.published_at,
                ),
            )


def _json(words: Sequence[str]) -> str:
    return msgspec.json.encode(words).decode()


CASES: Fold[RoutingCase] = Fold(
    topic=Topic.CASES,
    state=RoutingCase,
    initial=RoutingCase,
    evolve=case.evolve,
    keeps=case.KEEPS,
    rows=case_rows,
)

STANDARDS: Fold[Process] = Fold(
    topic=Topic.STANDARDS,
    state=Process,
    initial=Process,
    evolve=process.evolve,
    keeps=frozenset({ProcessDrafted, ProcessPublished}),
    rows=process_rows,
)
