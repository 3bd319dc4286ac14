"""Which files may be attached, under which names, and what the log then says of them."""

import io
import zipfile
from dataclasses import replace

import pytest

from libs.events.catalogue.intake import AttachmentAdded, CaseRegistered
from libs.events.testing.sample_standard import STANDARD
from libs.events.testing.spec import given, happened, knowing
from libs.events.words.refusal import Refused
from services.intake.books import CASES
from services.intake.domain.attachment import NAME_MAX, add, fault_of, file_of, hash_of
from services.intake.domain.media import OFFICE, ZIP, media_type_of
from services.intake.settings import IntakeSettings
from tests.services.intake.pages.desk import AT

TYPES = frozenset(IntakeSettings().attachment_types.split())
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0"
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"


def zipped(*names):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return held.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "application/pdf"),
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (b"GIF89a\1\0\1\0", "image/gif"),
        (b"RIFF\x24\0\0\0WEBPVP8 ", "image/webp"),
        (b"hello", "text/plain"),
        ("Grüße aus Köln 你好\r\n\tIhre 1.\n".encode(), "text/plain"),
        (b"\xef\xbb\xbfa;b\r\n1;2\r\n", "text/plain"),
        (b"BM is how this sentence begins", "text/plain"),
        (b"From: a@b\nTo: c@d\nSubject: x\n\nhi", "message/rfc822"),
        (zipped("[Content_Types].xml", "word/document.xml"), f"{OFFICE}wordprocessingml.document"),
        (zipped("[Content_Types].xml", "xl/workbook.xml"), f"{OFFICE}spreadsheetml.sheet"),
        (zipped("a.txt"), ZIP),
        (zipped("word/document.xml"), ZIP),
        (b"PK\x03\x04 and no more", ""),
        (b"<!DOCTYPE html><html><script>alert(1)</script>", "text/html"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "image/svg+xml"),
        (b"\0\1\2\3 nothing known \xff", ""),
        (b"half a text\x07", ""),
    ],
)
def test_a_file_is_what_its_content_shows(content, kind):
    assert media_type_of(content) == kind


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("letter.pdf", b"<html><script>alert(1)</script>", "attachment-type"),
        ("drawing.png", b'<svg xmlns="http://www.w3.org/2000/svg"/>', "attachment-type"),
        ("picture.svg", b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "attachment-type"),
        ("letter.pdf", b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff", "attachment-type"),
        ("letter.docx", zipped("a.exe"), "attachment-type"),
        ("letter.docm", zipped("[Content_Types].xml", "ppt/x"), "attachment-type"),
        ("empty.pdf", b"", "attachment-empty"),
        ("large.txt", b"x" * 1_001, "attachment-too-large"),
        ("", PDF, "attachment-name"),
    ],
)
def test_what_is_not_welcome_is_refused(name, content, why):
    with pytest.raises(Refused) as refused:
        file_of(name, content, bytes_max=1_000, types=TYPES)
    assert (refused.value.code, refused.value.status) == (why, 413 if why == "attachment-too-large" else 422)


def test_a_file_may_be_as_large_as_the_setting_says():
    assert len(file_of("a.txt", b"x" * 100, bytes_max=100, types=TYPES).content) == 100


@pytest.mark.parametrize(
    "name",
    [
        "letter.pdf",
        "x" * NAME_MAX,
        "Kündigung (2).pdf",
        "投诉.pdf",
        ".hidden",
        "a..b",
        "مستند.pdf",
        "👨‍👩‍👧.png",
        "a;b=c\"'<>&.pdf",
    ],
)
def test_a_name_of_people_is_welcome(name):
    assert fault_of(name) == ""


@pytest.mark.parametrize(
    "name",
    [
        "", "  ", ".", "..", "../../etc/passwd", "a/b", "C:\\letter.pdf", "x" * (NAME_MAX + 1), "x" * 300, "a\0b", "a\nb",
        "a\rb: c",
        "a\x1b[2Jb", "a\u202efdp.exe", "a\u2066b", "a\u2028b", "a\ud800b", "a\x7fb",
    ],
)  # fmt: skip
def test_a_name_that_hides_something_is_refused(name):
    assert fault_of(name)


CASE = happened("c", AT, CaseRegistered(channel="web", customer_ref="r", process_id=STANDARD.process_id, process_version=1))
FILE = file_of("letter.pdf", PDF, bytes_max=100, types=TYPES)
NODE = STANDARD.nodes[0].id


def attached(case, file=FILE, visit="", most=2, pepper="p"):
    return add(case, file, visit, knowing(STANDARD), count_max=most, at=AT, actor="a", agent="mei", pepper=pepper)


def test_the_log_says_that_it_is_there_and_neither_its_name_nor_its_content():
    [fact] = attached(given(CASES, *CASE).state, visit=f"{NODE}/2")
    proof = hash_of(FILE.sha256, case_id="c", pepper="p")
    assert fact.data == AttachmentAdded(
        hash=proof, size=len(PDF), media_type="application/pdf", agent="mei", node=NODE, occurrence=2
    )
    assert proof != FILE.sha256 and "letter" not in str(fact)


def test_the_hash_is_of_the_content_the_case_and_the_pepper():
    found = {hash_of(sha, case_id=case, pepper=pepper) for sha in ("1", "2") for case in ("c", "d") for pepper in ("p", "q")}
    assert len(found) == 8


def test_the_same_content_is_attached_once():
    [fact] = attached(given(CASES, *CASE).state)
    case = given(CASES, *CASE, fact).state
    assert attached(case) == [] and attached(case, replace(FILE, name="another name.pdf")) == []
    [other] = attached(case, file_of("b.pdf", PDF + b"\n", bytes_max=100, types=TYPES))
    assert other.id != fact.id


def test_of_one_content_there_is_one_id_whoever_sends_it():
    first, second = (attached(given(CASES, *CASE).state)[0].id for _ in range(2))
    assert first == second


def test_a_case_has_so_many_and_no_more():
    case, many = given(CASES, *CASE).state, 3
    for n in range(many):
        case.attachments.append(str(n))
    assert len(attached(case, most=many + 1)) == 1
    with pytest.raises(Refused) as refused:
        attached(case, most=many)
    assert (refused.value.code, refused.value.status) == ("too-many-attachments", 409)


@pytest.mark.parametrize(("visit", "code"), [("n99", "unknown-node"), (f"{NODE}/0", "unknown-node"), ("../x", "unknown-node")])
def test_a_visit_is_one_of_the_standard(visit, code):
    with pytest.raises(Refused) as refused:
        attached(given(CASES, *CASE).state, visit=visit)
    assert (refused.value.code, refused.value.status) == (code, 422)


def test_a_case_that_is_not_here_gets_nothing():
    with pytest.raises(Refused) as refused:
        attached(CASES.initial("c"))
    assert refused.value.code == "unknown-case"
