"""A record: a form of the case's process standard, filled in. The log says that it exists; what it says is in the vault."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from hmac import new as mac
from typing import Any
from uuid import UUID

import msgspec

from libs.events.catalogue.forms import Wrong, filled, judged
from libs.events.catalogue.intake import RecordAttached
from libs.events.catalogue.standard import Form, Standard
from libs.events.engine.known import Known
from libs.events.log.envelope import Fact, draft
from libs.events.words.refusal import Refused, none_such
from services.intake.domain.case import IntakeCase, must_be_known
from services.intake.domain.instants import when
from services.intake.domain.need import pin

RECORDS_MAX = 500
"""Records of one case; more than that are no work of people."""


def attach(
    case: IntakeCase,
    form: str,
    data: Mapping[str, Any],
    known: Known,
    *,
    id: UUID,
    at: datetime,
    actor: str,
    agent: str = "",
    pepper: str = "",
) -> list[Fact]:
    """Take a filled form in, by the version that the case is pinned to. What is missing is named, and the record is kept."""
    must_be_known(case)
    if len(case.records) >= RECORDS_MAX and str(id) not in case.records:
        raise Refused("too-many-records", f"The case has {len(case.records)} records already. Say what is new in a note.")
    said = filled(data)
    wrong, lacks = judged(form_of(pin(known, case.process_id, case.process_version), form).schema, said)
    if wrong:
        many = "1 field does" if len(wrong) == 1 else f"{len(wrong)} fields do"
        raise Refused("record-wrong", f"{many} not fit {form}; see errors.", 422, errors=[_told(one) for one in wrong])
    proof = hash_of(said, case_id=case.case_id, record=str(id), pepper=pepper)
    attached = RecordAttached(form=form, record=str(id), hash=proof, missing=lacks, agent=agent)
    return [draft(attached, case.case_id, when(None, at, case.registered_at), id=id, actor=actor)]


def form_of(standard: Standard, form: str) -> Form:
    """Return a form of the standard, or refuse it and name those there are."""
    found = standard.forms.get(form)
    if found is None:
        names = list(standard.forms)
        none = none_such("form", form, names) if names else f"There is no form {form}: {standard.process_id} has no forms."
        raise Refused("unknown-form", none, 422)
    return found


def hash_of(data: Mapping[str, Any], *, case_id: str, record: str, pepper: str) -> str:
    """Return what proves a record's words to who knows the pepper, and tells nobody else anything about them."""
    words = msgspec.json.encode(data, order="sorted")
    return mac(f"{pepper}|{case_id}|{record}".encode(), words, sha256).hexdigest()


def _told(one: Wrong) -> dict[str, str]:
    place = "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in ("data", *one.path))
    return {"pointer": f"#{place}", "code": one.code, "detail": one.says}
