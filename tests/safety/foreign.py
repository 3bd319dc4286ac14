"""Words of Python, pydantic and msgspec: users of the API know JSON, so none of these belongs into an answer."""

import re

FOREIGN = re.compile(
    r"\b(tuple|dict|NoneType|None|True|False|str|int|bool|float|UUID\(|nan|msgspec|pydantic|asyncpg|argument \$|Expected|"
    r"Input|should|nable to|Unexpected|Expecting|regex|delimiter|Extra|Field required|Keys |RFC ?3339|Traceback|\w+Error|"
    r"\w+Exception)\b|\bvalid (?!JSON)|\(\?|\[[A-Z]-[Z]|\\[SsdwW]|\^[\[(]|<class|object at 0x|, got `"
)


def must_be_ours(text: str) -> None:
    """Fail when a text that the API's user reads says something in words of a library."""
    found = FOREIGN.search(text)
    assert found is None, (found and found[0], text[:400])
