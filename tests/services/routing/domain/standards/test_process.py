"""A version is drafted as often as needed, published once, and then never changes."""

from dataclasses import replace

from libs.events.catalogue.routing import ProcessDrafted, ProcessPublished, ProcessRetired
from libs.events.engine.book import encode_state
from libs.events.testing.spec import given
from services.routing.books import STANDARDS
from services.routing.domain.standards.process import draft_version, publish_version, retire_version
from services.routing.domain.standards.standard import Sound
from tests.services.routing.samples import COMPLAINT, LATER, NINE

FIRST = Sound(COMPLAINT, ("a warning",))
OTHER = Sound(replace(COMPLAINT, survey_days=7), ())
SECOND = Sound(replace(COMPLAINT, version=2), ())
NEW = given(STANDARDS, key="complaint-quality")
DRAFTED = NEW.after(draft_version, FIRST, at=NINE)
PUBLISHED = DRAFTED.after(publish_version, version=1, at=NINE)


def test_a_draft_is_kept_with_its_warnings() -> None:
    NEW.when(draft_version, FIRST, at=NINE).then(ProcessDrafted(standard=COMPLAINT, warnings=("a warning",)))


def test_the_same_draft_again_says_nothing() -> None:
    DRAFTED.when(draft_version, FIRST, at=LATER).nothing()


def test_a_draft_may_change() -> None:
    changed = DRAFTED.after(draft_version, OTHER, at=LATER)
    changed.when(publish_version, version=1, at=LATER).then(ProcessPublished(standard=OTHER.standard))
    changed.when(draft_version, FIRST, at=LATER + (LATER - NINE)).then(
        ProcessDrafted(standard=COMPLAINT, warnings=("a warning",))
    )


def test_publishing_twice_says_nothing() -> None:
    PUBLISHED.when(publish_version, version=1, at=LATER).nothing()


def test_what_is_published_may_be_drafted_again_only_unchanged() -> None:
    PUBLISHED.when(draft_version, FIRST, at=LATER).nothing()
    refusal = PUBLISHED.when(draft_version, OTHER, at=LATER).refused("version-published")
    assert "as version 2" in refusal.detail


def test_a_next_version_leaves_the_first_alone() -> None:
    both = PUBLISHED.after(draft_version, SECOND, at=LATER).after(publish_version, version=2, at=LATER)
    assert {number: version.published for number, version in both.state.versions.items()} == {
        1: COMPLAINT,
        2: SECOND.standard,
    }
    assert STANDARDS.decode(encode_state(both.state)) == both.state


def test_nothing_is_published_that_was_not_drafted() -> None:
    assert NEW.when(publish_version, version=1, at=NINE).refused("unknown-version").status == 404
    assert "there is 1" in PUBLISHED.when(publish_version, version=2, at=NINE).refused("unknown-version").detail


def test_no_version_is_published_behind_a_newer_one() -> None:
    both = DRAFTED.after(draft_version, SECOND, at=NINE).after(publish_version, version=2, at=LATER)
    detail = both.when(publish_version, version=1, at=LATER).refused("version-passed").detail
    assert detail == "complaint-quality version 2 is published, so 1 is behind. Write it as version 3."


def test_a_published_version_retires_once_and_stays_what_it_was() -> None:
    PUBLISHED.when(retire_version, version=1, reason="too slow", at=LATER).then(ProcessRetired(version=1, reason="too slow"))
    retired = PUBLISHED.after(retire_version, version=1, reason="too slow", at=LATER)
    retired.when(retire_version, version=1, reason="other words", at=LATER).nothing()
    retired.when(publish_version, version=1, at=LATER).nothing()
    (version,) = retired.state.versions.values()
    assert (version.state, version.published, version.retired_at) == ("retired", COMPLAINT, LATER)
    assert STANDARDS.decode(encode_state(retired.state)) == retired.state


def test_a_draft_does_not_retire() -> None:
    assert DRAFTED.when(retire_version, version=1, reason="why", at=LATER).refused("version-not-published").status == 409
    assert DRAFTED.when(retire_version, version=2, reason="why", at=LATER).refused("unknown-version").status == 404


def test_a_row_for_every_version() -> None:
    drafted = PUBLISHED.after(draft_version, SECOND, at=LATER)
    rows = list(STANDARDS.rows("complaint-quality", drafted.state))
    assert [(row.table, row.key, row.values[0], row.values[3]) for row in rows] == [
        ("processes", ("complaint-quality", 1), "published", 7),
        ("processes", ("complaint-quality", 2), "drafted", 7),
    ]


def test_a_change_of_the_page_alone_is_a_change() -> None:
    written = replace(FIRST, page={"purpose": "why"})
    DRAFTED.when(draft_version, written, at=LATER).then(
        ProcessDrafted(standard=COMPLAINT, warnings=("a warning",), page={"purpose": "why"})
    )
    kept = NEW.after(draft_version, written, at=NINE).after(publish_version, version=1, at=NINE)
    kept.when(draft_version, written, at=LATER).nothing()
    kept.when(draft_version, replace(FIRST, page={"purpose": "other"}), at=LATER).refused("version-published")


def test_a_version_that_was_published_before_pages_were_kept_may_come_with_its_page() -> None:
    PUBLISHED.when(draft_version, replace(FIRST, page={"purpose": "why"}), at=LATER).nothing()
