"""An answer that shows a row of a table: which columns, in which order, and what /openapi.json says of them."""

from dataclasses import dataclass, field
from typing import Literal

from libs.events.words.column import column, json, key
from libs.events.words.row import TableRow, changed, columns
from libs.web.shapes import Shape


@columns("toys")
class Toy(TableRow):
    """One row per toy."""

    toy_id: str = key("The toy")
    state: Literal["new", "old"] = column("How it is")
    pieces: int | None = column("How many pieces it has")
    colours: list[str] = json("Its colours")


@dataclass(frozen=True)
class Told:
    note: str = ""
    marks: dict[str, int] = field(default_factory=dict)


TOY = Toy(toy_id="t", state="new", pieces=None, colours=["red"])


def test_all_columns_or_some_in_an_order_of_their_own() -> None:
    assert Shape(Toy, "Whole", "A toy.")(TOY) == {"toy_id": "t", "state": "new", "pieces": None, "colours": ["red"]}
    assert [*Shape(Toy, "Line", "A toy.", only=("colours", "toy_id"))(TOY)] == ["colours", "toy_id"]
    assert Shape(Toy, "Line", "A toy.", only=("pieces",))(changed(TOY, pieces=7)) == {"pieces": 7}


def test_what_stands_beside_the_row() -> None:
    sheet = Shape(Toy, "Sheet", "A toy.", only=("toy_id",), beside=Told)
    assert sheet(TOY, Told(note="n")) == {"toy_id": "t", "note": "n", "marks": {}}
    assert sheet.model.model_json_schema()["required"] == ["toy_id"]


def test_the_description_says_what_the_columns_say() -> None:
    told = Shape(Toy, "Line", "A toy.").paged().model_json_schema()["$defs"]["Line"]
    assert told["description"] == "A toy."
    assert {name: one["description"] for name, one in told["properties"].items()} == {
        "toy_id": "The toy",
        "state": "How it is",
        "pieces": "How many pieces it has",
        "colours": "Its colours",
    }
    assert told["properties"]["state"]["enum"] == ["new", "old"]
    assert told["required"] == ["toy_id", "state", "pieces", "colours"]
