"""The forms of a standard: read as their author writes them, each left behind by one node."""

from collections.abc import Iterable, Mapping, Sequence

from libs.events.catalogue.forms import bounded, unsound
from libs.events.catalogue.standard import Form, Standard
from services.routing.domain.standards.nodes import label_of
from services.routing.domain.standards.page import Fault, Page

FORMS_MAX = 30


def forms_of(pages: Page) -> dict[str, Form]:
    """Return the forms by their ids; a schema that is unsound becomes faults, and its form is left out."""
    return {id: form for id in pages if (form := _form(pages.page(id))) is not None}


def _form(page: Page) -> Form | None:
    label, brief = label_of(page), page.words("brief")
    schema = page.raw("schema")
    page.close()
    if found := unsound(schema):
        for one in found:
            problem, _, instead = one.says.partition("; ")
            page.fault(".".join(("schema", *map(str, one.path))), problem, instead)
        return None
    return Form(en=label.en, zh=label.zh, schema=bounded(schema), brief=brief)


def form_faults(standard: Standard, scales: Mapping[str, Sequence[str]]) -> Iterable[Fault]:
    """Yield the faults of the forms' places in the standard."""
    if len(standard.forms) > FORMS_MAX:
        yield Fault("forms", f"there are {len(standard.forms)} forms", f"write at most {FORMS_MAX}")
    gates = {gate.id for node in standard.nodes for gate in node.gates}
    roles = {node.role[1:] for node in standard.nodes if node.role.startswith("$")}
    for id, form in standard.forms.items():
        place, leaving = f"forms.{id}", [node.id for node in standard.nodes for output in node.outputs if output == id]
        if len(leaving) != 1:
            where = f"is left behind {len(leaving)} times, by {' and '.join(leaving)}" if leaving else "is left behind by no node"
            yield Fault(place, where, "let one node have it among its `outputs`, once")
        if id in {*gates, *roles, *scales}:
            yield Fault(place, "has the name of a gate, of a scale or of what names a role", "give the form another name")
        for grade in form.brief:
            if grade not in scales.get("grade", ()):
                known = ", ".join(scales.get("grade", ())) or "none yet"
                yield Fault(f"{place}.brief", f"there is no grade `{grade}`", f"name one of {known}")
