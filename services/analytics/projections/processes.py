"""A published process standard's rows."""

from collections.abc import Iterator

from libs.events.catalogue.standard import Gate, Node, Role, Standard
from libs.events.words.row import Row
from services.analytics.domain.published import Process
from services.analytics.tables.processes import ProcessExceptionRow, ProcessFormRow, ProcessNodeRow, ProcessVersionRow

_NAMELESS = Role(en="", zh="")


def process_rows(key: str, process: Process) -> Iterator[Row]:
    """Yield the rows of every published version."""
    for standard in process.versions.values():
        yield _version_row(standard, process).row
        for n, node in enumerate(standard.nodes, 1):
            yield _node_row(standard, node, n).row
        yield from (row.row for row in _exception_rows(standard))
        yield from (row.row for row in _form_rows(standard))


def _version_row(standard: Standard, process: Process) -> ProcessVersionRow:
    return ProcessVersionRow(
        process_id=standard.process_id,
        process_version=standard.version,
        name_en=standard.name.en,
        name_zh=standard.name.zh,
        published_at=process.published[standard.version],
        effective_at=standard.effective_from,
        retired_at=process.retired.get(standard.version),
    )


def _node_row(standard: Standard, node: Node, n: int) -> ProcessNodeRow:
    role = standard.roles.get(node.role, _NAMELESS)
    return ProcessNodeRow(
        process_id=standard.process_id,
        process_version=standard.version,
        node=node.id,
        n=n,
        name_en=node.name.en,
        name_zh=node.name.zh,
        role=node.role,
        role_en=role.en,
        role_zh=role.zh,
        approver=node.approver,
        key_node=node.key,
        resolves=node.resolves,
        initial_handling=node.initial_handling,
        inputs=list(node.inputs),
        outputs=list(node.outputs),
        limits=_limits(standard, node),
        process_name_en=standard.name.en,
        process_name_zh=standard.name.zh,
        support=list(node.support),
        consulted=list(node.consulted),
        informed=list(node.informed),
        steps=[{"en": one.en, "zh": one.zh} for one in node.steps],
        confirmation=_confirmation(node),
        notice=node.notice,
        gates=[_gate(one) for one in node.gates],
        team=role.team,
        skills=list(node.skills),
        asks_expectation=node.asks_expectation,
    )


def _confirmation(node: Node) -> dict[str, str]:
    wanted = node.confirmation
    return {"subject": wanted.subject, "returns_to": wanted.returns_to} if wanted else {}


def _gate(gate: Gate) -> dict[str, object]:
    names = {"name_en": gate.name.en, "name_zh": gate.name.zh}
    return {"id": gate.id, **names, "approver": gate.approver, "limit": gate.limit, "returns_to": gate.returns_to}


def _limits(standard: Standard, node: Node) -> list[dict[str, object]]:
    names = ("clock", "kind", "limit", "start", "stop", "when", "pauses", "per_visit")
    return [{name: getattr(one, name) for name in names} for one in standard.targets if one.node == node.id]


def _exception_rows(standard: Standard) -> Iterator[ProcessExceptionRow]:
    for one in standard.exceptions:
        yield ProcessExceptionRow(
            process_id=standard.process_id,
            process_version=standard.version,
            code=one.code,
            name_en=one.name.en,
            name_zh=one.name.zh,
            action=one.action,
            nodes=list(one.at),
            escalate_to=one.escalate_to,
            attempts=one.attempts,
            raised_by=one.raised_by,
            allowance=one.limit,
            following=one.then,
            pauses_at_most=one.pauses_at_most,
            remind_every=one.remind_every,
            reminders_at_most=one.reminders_at_most,
        )


def _form_rows(standard: Standard) -> Iterator[ProcessFormRow]:
    for id, form in standard.forms.items():
        yield ProcessFormRow(
            process_id=standard.process_id,
            process_version=standard.version,
            form=id,
            name_en=form.en,
            name_zh=form.zh,
            content=form.schema,
            brief=list(form.brief),
        )
