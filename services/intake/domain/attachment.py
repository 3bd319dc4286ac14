"""An attachment: a file of a case. The log says that it exists; the file and its name go with an erasure."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from hmac import new as mac

from libs.events.catalogue.intake import AttachmentAdded
from libs.events.catalogue.standard import Standard
from libs.events.engine.known import Known
from libs.events.log.envelope import Fact, draft
from libs.events.words.event import Occurrence, occurrence_of
from libs.events.words.now import derived_id
from libs.events.words.refusal import Refused, none_such
from services.intake.domain.case import IntakeCase, must_be_known
from services.intake.domain.instants import when
from services.intake.domain.media import media_type_of
from services.intake.domain.need import pin

NAME_MAX = 200
_TURNING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
"""Directions of characters that show a name in another order than it has: `exe.txt` for `txt.exe`."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that may be attached: it has a name that can be shown, some content, and a type that is welcome."""

    name: str
    content: bytes
    media_type: str
    sha256: str


def file_of(name: str, content: bytes, *, bytes_max: int, types: frozenset[str]) -> File:
    """Return the file, or refuse it: its name, its size, or what its content shows it to be."""
    if wrong := fault_of(name):
        raise Refused("attachment-name", wrong, 422)
    if not content:
        raise Refused("attachment-empty", "The file is empty. Send one that has content.", 422)
    if len(content) > bytes_max:
        detail = f"The file has {len(content)} bytes, more than {bytes_max}. Send a smaller one."
        raise Refused("attachment-too-large", detail, 413)
    kind = media_type_of(content)
    if kind not in types:
        what = f"is {kind}" if kind else "is of no type that is known here"
        detail = f"The file {what}, whatever its name says. Welcome are: {', '.join(sorted(types))}."
        raise Refused("attachment-type", detail, 422)
    return File(name, content, kind, sha256(content).hexdigest())


def fault_of(name: str) -> str:
    """Return why a file cannot have this name; nothing if it can."""
    if not name.strip() or name in (".", ".."):
        return "The file has no name. Send one, such as letter.pdf."
    if len(name) > NAME_MAX:
        return f"The name has {len(name)} characters, more than {NAME_MAX}. Send a shorter one."
    if "/" in name or "\\" in name:
        return "The name has a slash. Send the name of the file without its folders."
    if any(unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp") or unicodedata.bidirectional(one) in _TURNING for one in name):
        return "The name has a character that cannot be seen or that turns others around. Send one without it."
    return ""


def add(
    case: IntakeCase,
    file: File,
    visit: str,
    known: Known,
    *,
    count_max: int,
    at: datetime,
    actor: str,
    agent: str = "",
    pepper: str = "",
) -> list[Fact]:
    """Attach a file, also after the case ended. The same content is attached once."""
    must_be_known(case)
    about = visit_of(pin(known, case.process_id, case.process_version), visit)
    proof = hash_of(file.sha256, case_id=case.case_id, pepper=pepper)
    if proof in case.attachments:
        return []
    if len(case.attachments) >= count_max:
        raise Refused(
            "too-many-attachments", f"The case has {len(case.attachments)} attachments already, and may have {count_max}."
        )
    said = AttachmentAdded(
        hash=proof,
        size=len(file.content),
        media_type=file.media_type,
        agent=agent,
        node=about.name if about else "",
        occurrence=about.number if about else 1,
    )
    id = derived_id("attachment", case.case_id, proof)
    return [draft(said, case.case_id, when(None, at, case.registered_at), id=id, actor=actor)]


def visit_of(standard: Standard, visit: str) -> Occurrence | None:
    """Return the visit of a node that is meant, `n4` or `n4/2`; nothing if none is named."""
    if not visit:
        return None
    about, nodes = occurrence_of(visit), [node.id for node in standard.nodes]
    if about.name not in nodes:
        raise Refused("unknown-node", none_such("node", about.name, nodes), 422)
    return about


def hash_of(sha256_of_it: str, *, case_id: str, pepper: str) -> str:
    """Return what proves a file's content to who knows the pepper, and tells nobody else anything about it."""
    return mac(f"{pepper}|{case_id}|attachment".encode(), sha256_of_it.encode(), sha256).hexdigest()
