"""What a route says of its answers in /openapi.json: their shape, and the operations that one leads to."""

from collections.abc import Iterable
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

T = TypeVar("T")


class Listed(BaseModel, Generic[T]):
    """A list that is whole."""

    items: list[T]


class Paged(Listed[T], Generic[T]):
    """A page of a list; `next` is the cursor of the page behind it, nothing on the last one."""

    next: str | None


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
