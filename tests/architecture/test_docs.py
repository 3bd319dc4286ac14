"""Everything that the documents point at exists: events, golden examples, files, tests."""

import re
from pathlib import Path

import pytest

from deploy.docs.events import decided_by
from libs.events.words.event import TYPES

ROOT = Path(__file__).parents[2]
EVENTS = (ROOT / "docs" / "events.md").read_text("utf-8")
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
README_ROWS_MAX, ROWS_MIN = 15, 45
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
_CODE = re.compile(r"`([^`\s]+)`")
_SHOWN = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
PICTURE_BYTES_MAX = 150_000


@pytest.mark.parametrize("kind", TYPES.values(), ids=lambda kind: kind.wire)
def test_the_module_that_decides_an_event_exists(kind):
    path = decided_by(kind)
    assert path == "" or (ROOT / path).exists(), f"{kind.wire} is decided by {path}, which is not there"


@pytest.mark.parametrize("page", sorted((ROOT / "docs").rglob("*.md")), ids=lambda page: page.name)
def test_every_link_of_a_page_leads_to_a_file(page):
    targets = [link for link in _LINK.findall(page.read_text("utf-8")) if "://" not in link]
    assert [target for target in targets if not (page.parent / target).exists()] == []


def where_is(text):
    """Return question → paths of a page's table "Where is …?"."""
    section = re.split(r"^#+ .*Where is.*$", text, maxsplit=1, flags=re.MULTILINE)[1]
    rows = re.findall(r"^\|([^|]+)\|(.+)\|\s*$", re.split(r"^#+ ", section, maxsplit=1, flags=re.MULTILINE)[0], re.MULTILINE)
    return {question.strip(): _CODE.findall(answer) + _LINK.findall(answer) for question, answer in rows[2:]}


def missing(paths):
    return [path for path in paths if not (ROOT / path.split("::")[0]).exists()]


def test_where_is_leads_to_files_that_exist():
    most_asked, others = (where_is((ROOT / page).read_text("utf-8")) for page in ("README.md", "docs/architecture.md"))
    rows = most_asked | others
    assert len(most_asked) <= README_ROWS_MAX
    assert ROWS_MIN <= len(rows) == len(most_asked) + len(others)
    assert {question: paths for question, paths in rows.items() if not paths or missing(paths)} == {}


def test_the_table_reader_reads():
    table = "| q | a |\n|---|---|\n| When? | `libs/events/words/now.py` |\n| Who? | [x](gone.py) |\n"
    rows = where_is(f"# X\n## Where is …?\n\n{table}\n## Next\n| a | b |\n")
    assert rows == {"When?": ["libs/events/words/now.py"], "Who?": ["gone.py"]}
    assert missing(rows["Who?"]) == ["gone.py"]


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_is_one_page_with_its_reasons(page):
    text = page.read_text("utf-8")
    assert len(text.splitlines()) <= 40
    assert re.fullmatch(r"\d{4}-[a-z0-9-]+", page.stem)
    for heading in ("Context", "Decision", "Consequences", "Kept by"):
        assert f"\n## {heading}\n" in text, heading


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_what_keeps_a_decision_exists(page):
    kept_by = page.read_text("utf-8").split("\n## Kept by\n")[1]
    paths = [word for word in _CODE.findall(kept_by) if "/" in word]
    assert paths
    assert missing(paths) == []


def test_decisions_are_numbered_without_holes():
    assert [int(page.stem[:4]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("page", ["docs/adding.md", "CONTRIBUTING.md"])
def test_every_place_that_a_newcomer_is_sent_to_exists(page):
    text = (ROOT / page).read_text("utf-8")
    places = {word for word in _CODE.findall(text) if "/" in word and not word.startswith("..") and word != "/openapi.json"}
    places -= {"/metrics"}
    templates = {place for place in places if "<name>" in place or "*" in place}
    gone = [place for place in templates if not list(ROOT.glob(place.replace("<name>", "*")))]
    assert len(places) >= (20 if "adding" in page else 1)
    assert missing(places - templates) + gone == []


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"])
def test_every_link_of_a_front_page_leads_to_a_file(page):
    targets = [link for link in _LINK.findall((ROOT / page).read_text("utf-8")) if "://" not in link]
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_every_proof_of_the_threat_model_exists():
    proofs = [path for path in _CODE.findall((ROOT / "SECURITY.md").read_text("utf-8")) if path.startswith("tests/")]
    assert len(proofs) >= 12 and missing(proofs) == []


def is_webp(content):
    """Test whether this is a whole WebP file."""
    return content[:4] == b"RIFF" and content[8:12] == b"WEBP" and int.from_bytes(content[4:8], "little") == len(content) - 8


@pytest.mark.parametrize(
    ("why", "content", "is_one"),
    [
        ("the smallest", b"RIFF\x04\0\0\0WEBP", True),
        ("a byte is missing", b"RIFF\x05\0\0\0WEBP", False),
        ("a byte too many", b"RIFF\x04\0\0\0WEBP.", False),
        ("a sound", b"RIFF\x04\0\0\0WAVE", False),
        ("a pointer to a file elsewhere", b"version https://git-lfs.github.com/spec/v1", False),
        ("nothing", b"", False),
    ],
)
def test_the_judge_of_pictures_judges(why, content, is_one):
    assert is_webp(content) == is_one


def test_the_readme_shows_the_only_two_screenshots():
    shown = {path: words for words, path in _SHOWN.findall((ROOT / "README.md").read_text("utf-8"))}
    assert sorted(shown) == ["docs/pictures/board.webp", "docs/pictures/life.webp"]
    assert all(len(words.split()) > 5 for words in shown.values()), "say in words what a picture shows"
    kept = {where for where in _files() if where.suffix in {".webp", ".png", ".jpg", ".jpeg", ".gif"}}
    assert {str(where) for where in kept} == shown.keys()
    for path in shown:
        content = (ROOT / path).read_bytes()
        assert is_webp(content) and len(content) <= PICTURE_BYTES_MAX, path


def _files():
    """Return every file of the folders that a newcomer reads."""
    tops = (ROOT / top for top in ("docs", "libs", "services", "deploy", "benchmarks", "tests", "examples"))
    return [path.relative_to(ROOT) for top in tops for path in top.rglob("*") if path.is_file()]
