"""The filters of a list, each declared once: a field of a dataclass is a parameter of the list's route and a condition in SQL."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import field, fields
from inspect import Parameter, Signature
from typing import Annotated, Any, TypeVar, get_type_hints

from annotated_types import MaxLen
from fastapi import Query

from libs.web.text import Text

T = TypeVar("T")

Word = Annotated[Text, MaxLen(200)]
Ref = Annotated[Text, MaxLen(64)]
"""What names a case or a customer."""


def by(condition: str = "", says: str = "", *, name: str = "") -> Any:
    """Declare a filter; without a value it takes every row.

    `condition` is `process_id =` where the column has another name, `name` what a request calls the filter if not by its field.
    """
    return field(default=None, metadata={"condition": condition, "says": says, "name": name})


def chosen(kind: type[T], *, only: Sequence[str] = ()) -> Callable[..., Awaitable[T]]:
    """Return a dependency that reads the filters of that kind, or only some of them, from a request's query."""

    async def read(**given: Any) -> T:
        # A coroutine, because FastAPI runs a plain function in a thread, which takes longer than the query.
        return kind(**given)

    hints, declared = get_type_hints(kind, include_extras=True), {one.name: one.metadata for one in fields(kind)}  # type: ignore[arg-type]
    read.__signature__ = Signature(  # type: ignore[attr-defined]
        [
            Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[hints[name], _asked(declared[name])])
            for name in only or declared
        ]
    )
    return read


def _asked(declared: Mapping[str, str]) -> Any:
    return Query(alias=declared["name"] or None, description=declared["says"] or None)


def conditions(chosen: Any) -> dict[str, Any]:
    """Return condition → value of all filters, for libs/events/store/asked.py; None where one was not given."""
    return {one.metadata["condition"] or f"{one.name} =": getattr(chosen, one.name) for one in fields(chosen)}
