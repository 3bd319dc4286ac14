"""What people write with a step never enters an event: reasons, notes, and values of outputs that nobody declared."""

from collections.abc import Mapping
from typing import Any

from libs.events.catalogue.standard import Standard
from libs.events.words.free import Spoken
from services.routing.domain.cases.pinned import WORDS, words_of


def hidden(words: Mapping[str, Any], standard: Standard, spoken: Spoken) -> dict[str, Any]:
    """Return a command's words as they may be said; the others are then among what was `spoken`."""
    outputs = {output for node in standard.nodes for output in node.outputs}

    def is_declared(name: str, value: str) -> bool:
        return value in standard.roles or (name in WORDS and value in words_of(standard, name))

    said = dict(words)
    for name in ("reason", "note"):
        if name in said:
            said[name] = spoken.text(said[name])
    if "outputs" in said:
        said["outputs"] = tuple(
            spoken.output(one, is_declared) if one.partition("=")[0].strip() in outputs else spoken.text(one)
            for one in said["outputs"]
        )
    return said
