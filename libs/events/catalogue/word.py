"""A word of an event: a name, an id or a code, never a sentence."""

from typing import Annotated

from pydantic import Field

Word = Annotated[str, Field(min_length=1, max_length=200)]
