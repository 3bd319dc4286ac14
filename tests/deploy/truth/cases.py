"""The cases of a real log as sla hears of them, and their lives at an installation whose clock runs."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

import msgspec
import yaml

from deploy.importer.account import Account
from deploy.importer.facts import SourceFact
from deploy.importer.mapping import read_mapping
from deploy.importer.run import make_facts
from deploy.importer.source import measure
from deploy.truth.logs import LOGS
from libs.events.engine.known import Known
from libs.events.log.envelope import Fact, draft
from libs.events.testing.spec import knowing
from libs.events.words.now import EPOCH, derived_id
from services.intake.domain.history import imported_case_id
from services.intake.domain.importable import IMPORTABLE, read
from services.routing.domain.standards.standard import sound
from services.sla.alarms import settle, timers
from services.sla.books import CASES
from services.sla.domain.case import HEARD
from tests.real_logs import DATA


def cases_of(name: str, *, every: int = 1, origin: str = "import") -> dict[str, list[Fact]]:
    """Return case → its facts that concern sla, of every so many-th case in the order in which a log first names them."""
    mapping, path = read_mapping(name), DATA / LOGS[name].file
    extent = measure(path, mapping)
    taken = {case for n, case in enumerate(extent.rows_of) if n % every == 0}
    found: dict[str, list[Fact]] = defaultdict(list)
    for facts in make_facts(path, mapping, extent, Account(name, cases=len(extent.rows_of))):
        for told in facts:
            if told.case in taken and IMPORTABLE[told.type].cls in HEARD:
                found[imported_case_id(name, told.case)].append(_fact(told, origin))
    return found


def _fact(told: SourceFact, origin: str) -> Fact:
    return draft(
        read(msgspec.json.encode(told.data), IMPORTABLE[told.type], told.system),
        imported_case_id(told.system, told.case),
        told.time,
        id=derived_id("import", told.system, told.case, told.sequence, told.type),
        sequence=told.sequence,
        origin=origin,
    )


def known_of(name: str) -> Known:
    """Return what an installation knows after the log's standard is published; it counts no working time."""
    standard = read_mapping(name).standard
    assert standard is not None
    return knowing(sound(yaml.safe_load(standard.read_text("utf-8"))).standard)


class Life:
    """A case at an installation: facts arrive, timers go off as the clock passes them, and each time sla says what follows."""

    def __init__(self, key: str, known: Known) -> None:
        self.key, self.known, self.now = key, known, EPOCH
        self.facts, self.state = list[Fact](), CASES.of(key, ())

    def hear(self, *facts: Fact) -> "Life":
        """Take in facts that arrive together."""
        self._take(facts)
        self._say(None)
        return self

    def until(self, at: datetime) -> "Life":
        """Let the clock run to an instant."""
        tried = set[datetime]()
        while ahead := {one.due_at for one in timers(self.key, self.state) if one.due_at <= at} - tried:
            tried.add(due := min(ahead))
            # One that a late fact has set to the past goes off at once.
            self.now = max(self.now, due)
            self._say(self.now)
        self.now = at
        return self

    def _say(self, until: datetime | None) -> None:
        self._take(settle(self.key, self.state, self.known, until))

    def _take(self, facts: Iterable[Fact]) -> None:
        if new := [*facts]:
            self.facts += new
            self.state = CASES.of(self.key, self.facts)
