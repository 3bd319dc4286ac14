"""Another system's record of a case, fact by fact: passed on as it came, without judgement; only its form is checked.

Facts intake owns are said as its own; facts of routing and survey are handed on as `import.fact_recorded`, their data
already proved to be what the owner's event class accepts, so the owner can trust it. Clocks are computed, not imported.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec

from libs.events.catalogue.intake import CaseRegistered, FactRecorded
from libs.events.engine.known import Known
from libs.events.log.envelope import SEQUENCE_MAX, Fact, draft
from libs.events.log.schema import Malformed, check
from libs.events.words.free import Spoken
from libs.events.words.now import derived_id
from libs.events.words.refusal import Refused
from libs.events.words.row import Row
from services.intake.domain.customer import customer_ref
from services.intake.domain.importable import IMPORTABLE, importable, read
from services.intake.domain.instants import refuse_impossible
from services.intake.domain.need import Need, in_clear, pin
from services.intake.domain.systems import System, customers_of, refuse_reserved
from services.intake.domain.vault import vault_row
from services.intake.domain.wording import fault_of_body, fault_of_data, fault_of_row

Reference = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class FactIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row of /import. `sequence` is the source's own order of the case's facts; `time` is when it happened.

    `shared_with` names the system whose customers' ids the source uses: another one's, or `intake` for those of POST /cases.
    Without it they are the source's own.
    """

    system: System
    case: Reference
    sequence: Annotated[int, msgspec.Meta(ge=1, le=SEQUENCE_MAX)]
    type: Reference
    time: Annotated[datetime, msgspec.Meta(tz=True)]
    data: msgspec.Raw = msgspec.Raw(b"{}")
    shared_with: System | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """The row is good: the fact to say, and its words for the vault. `before` is its data as earlier releases said
    it."""

    fact: Fact
    before: Any
    private: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """The row is bad and nothing of it is kept. `detail` says what to do."""

    code: str
    detail: str


Verdict = Recorded | Rejected

_rows = msgspec.json.Decoder(FactIn)


class _Batch(msgspec.Struct, forbid_unknown_fields=True):
    facts: list[msgspec.Raw]


_batch = msgspec.json.Decoder(_Batch)
_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


def rows_of(body: bytes) -> list[msgspec.Raw]:
    """Return the rows of an /import body, `{"facts": [...]}`, each still unread."""
    try:
        return _batch.decode(body).facts
    except _UNREADABLE as error:
        raise Refused("bad-batch", f'Send {{"facts": [...]}}: {fault_of_body(body, error)}. Nothing was imported.', 400) from None


def imported_case_id(system: str, case: str) -> str:
    """Return the id of another system's case: importing it again means the same case."""
    return str(derived_id("import", system, case))


def judge(row: msgspec.Raw, known: Known, *, at: datetime, actor: str = "", pepper: str = "") -> Verdict:
    """Return the verdict on one row of an import; a bad row never spoils others."""
    try:
        told = _rows.decode(row)
    except _UNREADABLE:
        return Rejected("malformed", fault_of_row(row, FactIn))
    try:
        return record(told, known, at=at, actor=actor, pepper=pepper)
    except (*_UNREADABLE, Malformed) as error:
        return Rejected("malformed", fault_of_data(told.data, IMPORTABLE[told.type], error, {"system": told.system}))
    except Refused as error:
        return Rejected(error.code, error.detail)


def record(told: FactIn, known: Known, *, at: datetime, actor: str = "", pepper: str = "") -> Recorded:
    """Return intake's fact for one of another system; raise if it cannot be said."""
    kind = importable(told.type)
    refuse_reserved(told.system, told.shared_with)
    refuse_impossible(told.time, at)
    data = read(told.data, kind, told.system)
    if kind.cls is CaseRegistered:
        return _registration(told, data, known, actor=actor, pepper=pepper)
    check(_fact(told, data, actor))
    spoken = Spoken(imported_case_id(told.system, told.case), pepper)
    said = spoken.event(data)
    if kind.owner != "intake":
        said = FactRecorded(system=told.system, fact=kind.name, data=msgspec.to_builtins(said))
    # Earlier releases said people's words in clear.
    return Recorded(_checked(_fact(told, said, actor)), data, tuple(spoken.rows()))


def _registration(told: FactIn, said: CaseRegistered, known: Known, *, actor: str, pepper: str) -> Recorded:
    standard = pin(known, said.process_id, said.process_version)
    clear = replace(
        said,
        customer_ref=customer_ref(said.customer_ref, pepper=pepper, of=customers_of(told.system, told.shared_with)),
        fields=in_clear(said.fields, standard),
        external_ref=said.external_ref or told.case,
        follows=imported_case_id(told.system, said.follows) if said.follows else "",
    )
    # Earlier releases named no system, and put all systems' customers and the live ones together.
    before = replace(clear, customer_ref=customer_ref(said.customer_ref, pepper=pepper), system="")
    fact = _checked(_fact(told, clear, actor))
    if clear.fields == said.fields:
        return Recorded(fact, before)
    need = Need(channel=said.channel, process_id=said.process_id, fields=said.fields)
    return Recorded(fact, before, (vault_row(fact.key, need, standard),))


def is_same(told: Recorded, earlier: Fact) -> bool:
    """Test whether a fact is the same as the recorded one, also if an earlier release recorded it."""
    return told.fact.time == earlier.time and _meaning(earlier.data) in (_meaning(told.fact.data), _meaning(told.before))


def _meaning(data: Any) -> Any:
    """Return a fact's data with the defaults of fields that its event has gained since it was written."""
    if isinstance(data, FactRecorded) and data.fact in IMPORTABLE:
        return msgspec.convert(data.data, IMPORTABLE[data.fact].cls)
    return data


def _fact(told: FactIn, data: Any, actor: str) -> Fact:
    return draft(
        data,
        imported_case_id(told.system, told.case),
        told.time.astimezone(UTC),
        id=derived_id("import", told.system, told.case, told.sequence, told.type),
        sequence=told.sequence,
        origin="import",
        actor=actor,
    )


def _checked(fact: Fact) -> Fact:
    check(fact)
    return fact
