"""Keys are known by their hash and exchanged without a restart."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from libs.events.words.refusal import Refused
from libs.web.keys import BadKeysFile, Client, Keyring, new_key, read_keys


def written(path: Path, entries: Any, *, age: int = 0) -> Path:
    path.write_text(json.dumps(entries))
    os.utime(path, ns=(age, age))
    return path


@pytest.mark.parametrize(
    ("why", "granted", "asked", "may"),
    [
        ("by name", {"cases:write"}, "cases:write", True),
        ("another action", {"cases:write"}, "cases:read", False),
        ("another thing", {"cases:*"}, "clocks:read", False),
        ("all of a thing", {"cases:*"}, "cases:read", True),
        ("everything", {"*"}, "clocks:read", True),
        ("a prefix is no scope", {"case:*"}, "cases:read", False),
        ("nothing", set(), "cases:read", False),
    ],
)
def test_a_client_may(why: str, granted: set[str], asked: str, may: bool) -> None:
    assert Client("a", frozenset(granted)).may(asked) is may


def test_a_new_key_opens_and_its_file_does_not_tell_it(tmp_path: Path) -> None:
    plain, entry = new_key("crm", ["cases:write", "cases:read"])
    path = written(tmp_path / "keys.yaml", [entry])
    assert Keyring(path).client(plain) == Client("crm", frozenset({"cases:read", "cases:write"}))
    assert plain not in path.read_text()
    assert new_key("crm", [])[0] != plain


@pytest.mark.parametrize("wrong", ["", "loopdesk_", "ß", "\udcff", "x" * 10_000])
def test_a_wrong_key_opens_nothing(tmp_path: Path, wrong: str) -> None:
    assert Keyring(written(tmp_path / "k", [new_key("crm", [])[1]])).client(wrong) is None


def test_a_key_is_exchanged_without_a_gap(tmp_path: Path) -> None:
    (old, first), (new, second) = new_key("crm", ["a:b"]), new_key("crm", ["a:b"])
    keyring = Keyring(written(tmp_path / "k", [first], age=1))
    assert keyring.client(new) is None
    written(tmp_path / "k", [first, second], age=2)
    assert keyring.client(old) == keyring.client(new) != None  # noqa: E711
    written(tmp_path / "k", [second], age=3)
    assert (keyring.client(old), keyring.client(new)) == (None, Client("crm", frozenset({"a:b"})))


@pytest.mark.parametrize("broken", ["[", "{}", "- {name: x}", "\x00"])
def test_a_broken_file_leaves_the_former_keys(tmp_path: Path, broken: str) -> None:
    plain, entry = new_key("crm", [])
    keyring = Keyring(written(tmp_path / "k", [entry], age=1))
    (tmp_path / "k").write_text(broken)
    assert keyring.client(plain) is not None
    (tmp_path / "k").unlink()
    assert keyring.client(plain) is not None


@pytest.mark.parametrize(
    ("why", "text"),
    [
        ("no YAML", "["),
        ("no list", "name: x"),
        ("no name", "- {sha256: aa, scopes: []}"),
        ("an empty name", f"- {{name: '', sha256: '{'a' * 64}', scopes: []}}"),
        ("a hash too short", "- {name: x, sha256: aa, scopes: []}"),
        ("no hexadecimal", f"- {{name: x, sha256: '{'z' * 64}', scopes: []}}"),
        ("scopes that are no list", f"- {{name: x, sha256: '{'a' * 64}', scopes: all}}"),
        ("scopes that are no text", f"- {{name: x, sha256: '{'a' * 64}', scopes: [1]}}"),
        ("a person without a name", f"- {{name: x, sha256: '{'a' * 64}', scopes: [], person: ''}}"),
        ("a misspelt person", f"- {{name: x, sha256: '{'a' * 64}', scopes: [], persn: wei}}"),
        ("a person that is no text", f"- {{name: x, sha256: '{'a' * 64}', scopes: [], person: [wei]}}"),
        ("a person with a space around", f"- {{name: x, sha256: '{'a' * 64}', scopes: [], person: ' wei'}}"),
        ("a person whom no roster can name", f"- {{name: x, sha256: '{'a' * 64}', scopes: [], person: {'w' * 101}}}"),
        ("a plain key by mistake", "- {name: x, key: hunter2, scopes: []}"),
    ],
)
def test_a_keys_file_is_refused_without_quoting_it(tmp_path: Path, why: str, text: str) -> None:
    (tmp_path / "k").write_text(text)
    with pytest.raises(BadKeysFile) as refused:
        read_keys(tmp_path / "k")
    assert "hunter2" not in str(refused.value)


def test_a_missing_file_is_told_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(BadKeysFile, match="nowhere"):
        Keyring(tmp_path / "nowhere")


def test_a_key_of_a_person_names_the_person(tmp_path: Path) -> None:
    plain, entry = new_key("wei at home", ["cases:write"], "wei")
    keyring = Keyring(written(tmp_path / "k", [entry]))
    client = keyring.client(plain)
    assert client == keyring.holder(keyring.fingerprint(plain)) == Client("wei at home", frozenset({"cases:write"}), "wei")
    assert (client.actor, Client("crm", frozenset()).actor) == ("wei", "crm")


@pytest.mark.parametrize("others", [("", "wei"), ("wei", ""), ("wei", "mei")])
def test_one_name_is_not_two_people(tmp_path: Path, others: tuple[str, str]) -> None:
    entries = [new_key("desk", [], person)[1] for person in others]
    with pytest.raises(BadKeysFile, match="entry 2: this name is another's already"):
        read_keys(written(tmp_path / "k", entries))
    assert len(read_keys(written(tmp_path / "k", [entries[0], entries[0]]))) == 2


@pytest.mark.parametrize(
    ("person", "named", "does"),
    [("", "", ""), ("", "mei", "mei"), ("wei", "", "wei"), ("wei", "wei", "wei"), ("wei", "mei", None), ("wei", "Wei", None)],
)
def test_a_person_acts_in_no_other_name(person: str, named: str, does: str | None) -> None:
    client = Client("key", frozenset(), person)
    if does is not None:
        assert client.agent(named) == does
        return
    with pytest.raises(Refused, match="Leave `agent` empty") as refused:
        client.agent(named)
    assert (refused.value.code, refused.value.status) == ("not-yourself", 403)
