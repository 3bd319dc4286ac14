"""Why a promise lapsed, or was broken and then left, has words in both languages."""

from pathlib import Path

import pytest
import yaml

import services.sla.pages as pages

WORDS = yaml.safe_load(Path(pages.__file__).with_name("words.yaml").read_text("utf-8"))


@pytest.mark.parametrize(
    "key",
    [
        *(
            f"why lapsed {lapse}"
            for lapse in (
                *("closed", "resolved", "cancelled", "returned", "skipped", "cleared", "before_start"),
                *("closed correction", "closed check", "assessed"),
            )
        ),
        *(
            f"why breached {lapse}"
            for lapse in ("over", "over correction", "over check", "resolved", "returned", "skipped", "cleared")
        ),
    ],
)
def test_it_is_told_in_both_languages(key: str) -> None:
    assert WORDS[key].keys() == {"en", "zh"}
