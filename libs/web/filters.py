"""The filters of a list, each declared once: a field of a dataclass is a parameter of the list's route and a condition in SQL."""

from collections.abc import Awaitable, Callable, Collection
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


def by(condition: str = "", says: str = "") -> Any:
    """Declare a filter; without a value it takes every row. `condition` is `process_id =` where the column has another name."""
    return field(default=None, metadata={"condition": condition, "says": says})


def chosen(kind: type[T], *, without: Collection[str] = ()) -> Callable[..., Awaitable[T]]:
    """Return a dependency that reads the filters of that kind from a request's query."""

    async def read(**given: Any) -> T:
        # A coroutine, because FastAPI runs a plain function in a thread, which takes longer than the query.
        return kind(**given)

    hints, asked = get_type_hints(kind, include_extras=True), [one for one in fields(kind) if one.name not in without]  # type: ignore[arg-type]
    read.__signature__ = Signature(  # type: ignore[attr-defined]
        [
            Parameter(
                one.name,
                Parameter.KEYWORD_ONLY,
                default=None,
                annotation=Annotated[hints[one.name], Query(description=one.metadata["says"] or None)],
            )
            for one in asked
        ]
    )
    return read


def conditions(chosen: Any) -> dict[str, Any]:
    """Return condition → value of all filters, for libs/events/store/asked.py; None where one was not given."""
    return {one.metadata["condition"] or f"{one.name} =": getattr(chosen, one.name) for one in fields(chosen)}
