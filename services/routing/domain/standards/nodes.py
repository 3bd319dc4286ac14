"""The nodes of a standard as written, put in the order in which a case walks them."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from libs.events.catalogue.promise import Target
from libs.events.catalogue.standard import Confirmation, Gate, Label, Node
from services.routing.domain.standards.page import SENTENCE_MAX, Page
from services.routing.domain.standards.promises import gate_targets, limit_of, node_targets


class Step(NamedTuple):
    """A node with its limits, the page it was read from, and the node it follows."""

    node: Node
    targets: tuple[Target, ...]
    page: Page
    after: str


def nodes_of(pages: Iterable[Page], *, per_visit: bool, warn: Mapping[str, str]) -> list[Step]:
    """Return the nodes in walking order; one that names no predecessor follows the one written above it."""
    steps: list[Step] = []
    for page in pages:
        node = _node(page)
        above = steps[-1].node.id if steps else ""
        limits = node_targets(page, node.id, per_visit=per_visit, warn=warn)
        steps.append(Step(node, (*limits, *gate_targets(node)), page, page.text("after", above)))
        page.close()
    return _walk(steps)


def label_of(page: Page) -> Label:
    """Return the two names written at a page."""
    return Label(en=page.text("en", longest=SENTENCE_MAX), zh=page.text("zh", longest=SENTENCE_MAX))


def closed_label(page: Page) -> Label:
    """Return the two names that are all there is at a page."""
    label = label_of(page)
    page.close()
    return label


def _node(page: Page) -> Node:
    if page.has("rule"):
        closed_label(page.page("rule"))
    return Node(
        id=page.text("id"),
        name=label_of(page),
        role=page.text("role", ""),
        approver=page.text("approver", ""),
        key=page.flag("key"),
        resolves=page.flag("resolves"),
        initial_handling=page.flag("initial_handling"),
        inputs=page.words("inputs"),
        outputs=page.words("outputs"),
        gates=tuple(_gate(one) for one in page.pages("gates")),
        support=page.words("support"),
        consulted=page.words("consulted"),
        informed=page.words("informed"),
        steps=tuple(closed_label(one) for one in page.pages("steps")),
        confirmation=_confirmation(page.page("confirmation")) if page.has("confirmation") else None,
        notice=page.text("notice", ""),
        skills=page.words("skills"),
        asks_expectation=page.flag("asks_expectation"),
    )


def _confirmation(page: Page) -> Confirmation:
    wanted = Confirmation(subject=page.text("subject"), returns_to=page.text("returns_to", ""))
    page.close()
    return wanted


def _gate(page: Page) -> Gate:
    gate = Gate(
        id=page.text("id"),
        name=label_of(page),
        approver=page.text("approver", ""),
        limit=limit_of(page) if page.has("limit") else "",
        returns_to=page.text("returns_to", ""),
    )
    page.close()
    return gate


def _walk(steps: list[Step]) -> list[Step]:
    """Follow the steps from the first; those that no walk reaches become faults and stand at the end."""
    waiting, walk, at = list(steps), list[Step](), ""
    while found := next((step for step in waiting if step.after == at), None):
        waiting.remove(found)
        walk.append(found)
        at = found.node.id
    reached = [step.node.id for step in walk]
    for step in waiting:
        step.page.fault("after", f"`{step.node.id}` is never reached", _cure(step.after, reached))
    return walk + waiting


def _cure(after: str, reached: list[str]) -> str:
    if not reached:
        return "let one node, the first, stand on top without `after`"
    if after in reached:
        return f"another node follows `{after}` already and a case walks one way; write `after: {reached[-1]}`"
    return f"let it follow a node that is reached, for example `after: {reached[-1]}`"
