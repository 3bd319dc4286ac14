"""Which promises a case gets: of those with one name the first that fits it."""

from collections.abc import Iterator

from libs.events.catalogue.promise import Target
from libs.events.catalogue.standard import Standard
from services.sla.domain.case import SlaCase


def promises(state: SlaCase, standard: Standard) -> Iterator[Target]:
    """Yield for each clock name the first target that fits the case."""
    taken: set[str] = set()
    for target in standard.targets:
        if target.clock not in taken and fits(target, state):
            taken.add(target.clock)
            yield target


def fits(target: Target, state: SlaCase) -> bool:
    """Test whether the target promises anything to this case."""
    words = {"grade": state.grade, "service_class": state.service_class, "severity": state.severity}
    return all(words.get(name) == word for name, word in target.when.items())
