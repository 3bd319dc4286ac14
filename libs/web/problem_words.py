"""All kinds of problems, declared once in problem_words.yaml: what each says, why it comes, what to do; English and Chinese."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")


@cache
def pages() -> Mapping[str, Mapping[Language, Mapping[str, str]]]:
    """Return code → language → title, why and do."""
    declared: Mapping[str, Mapping[Language, Mapping[str, str]]] = yaml.safe_load(
        Path(__file__).with_name("problem_words.yaml").read_text("utf-8")
    )
    return declared
