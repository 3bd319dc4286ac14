"""What a route says of its answers in /openapi.json: their shape, and the operations that one leads to."""

from collections.abc import Iterable
from dataclasses import MISSING, asdict, fields
from typing import Any, Generic, TypeVar, get_type_hints

from pydantic import BaseModel, Field, create_model

from libs.events.words.row import TableRow, fields_of

T = TypeVar("T")


class Listed(BaseModel, Generic[T]):
    """A list that is whole."""

    items: list[T]


class Paged(Listed[T], Generic[T]):
    """A page of a list; `next` is the cursor of the page behind it, nothing on the last one."""

    next: str | None


class Shape:
    """How an answer shows a row of a table: the columns of `only` in that order, or all, then the fields of a dataclass."""

    def __init__(
        self, row: type[TableRow], name: str, about: str, *, only: Iterable[str] = (), beside: type[Any] | None = None
    ) -> None:
        kinds, says = fields_of(row), {one.name: one.comment for one in row.__table__.stored}
        self.names = tuple(only) or tuple(kinds)
        columns: dict[str, Any] = {name: (kinds[name], Field(description=says[name])) for name in self.names}
        self.model = create_model(name, __doc__=about, **columns, **(_fields(beside) if beside else {}))

    def __call__(self, row: TableRow, beside: Any = None) -> dict[str, Any]:
        """Return the row as it is shown."""
        shown = {name: getattr(row, name) for name in self.names}
        return shown if beside is None else shown | asdict(beside)

    def listed(self) -> Any:
        """Return the shape of a whole list of them."""
        return Listed[self.model]  # type: ignore[name-defined]

    def paged(self) -> Any:
        """Return the shape of a page of them."""
        return Paged[self.model]  # type: ignore[name-defined]


def _fields(kind: type[Any]) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {one.name: (hints[one.name], _default(one)) for one in fields(kind)}


def _default(one: Any) -> Any:
    return Field(default_factory=one.default_factory) if one.default is MISSING else one.default


def shaped(
    shape: Any, *, status: int = 200, links: dict[str, dict[str, str]] | None = None, headers: Iterable[str] = ()
) -> dict[int | str, dict[str, Any]]:
    """Return a route's `responses`. `links`: operation → its parameter → where in this answer its value stands.

    A value is a runtime expression of OpenAPI: `$response.body#/case_id`. `headers` are those of libs/web/openapi.py that
    only this route's answer has.
    """
    answer: dict[str, Any] = {"model": shape}
    if names := list(headers):
        answer["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
    if links:
        answer["links"] = {name: {"operationId": name, "parameters": parameters} for name, parameters in links.items()}
    return {status: answer}
