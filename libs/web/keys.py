"""API keys: kept as hashes in a file, compared in constant time, exchanged while the service runs."""

import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import structlog
import yaml

from libs.events.words.refusal import Refused
from libs.web.written import read_yaml

_output = structlog.get_logger("web")


PERSON_MAX = 100
"""The longest id that a roster can name."""


class BadKeysFile(Exception):
    """The keys file cannot be used; the message says where and why, and shows no key."""


@dataclass(frozen=True, slots=True)
class Client:
    """A client and its scopes. Two keys with one name are one client, so a key is exchanged without a gap.

    A key stands for a system, which may name the agents that use it, or for a `person`, who acts with it alone.
    """

    name: str
    scopes: frozenset[str]
    person: str = ""

    @property
    def actor(self) -> str:
        """Who acts with the key, by the name that events have."""
        return self.person or self.name

    def may(self, scope: str) -> bool:
        """Test whether a scope was granted: by name, by `cases:*`, or by `*`."""
        return bool(self.scopes & {scope, f"{scope.partition(':')[0]}:*", "*"})

    def agent(self, named: str) -> str:
        """Return who does what is asked for; refuse a person's key where it names somebody else."""
        if self.person and named not in ("", self.person):
            detail = f"This key is {self.person}'s. Leave `agent` empty, or let {named} do it with a key of their own."
            raise Refused("not-yourself", detail, 403)
        return self.person or named


LOCAL = Client("local", frozenset({"*"}))
"""Everybody, where there is no keys file; only programs of the same machine can then connect."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the keys file."""

    digest: bytes
    client: Client


class Keyring:
    """The keys of a file, read again when the file changes. A broken file changes nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp = _stamp(path)
        self._entries = read_keys(path)

    def client(self, plain: str) -> Client | None:
        """Return the client that has this key."""
        self._refresh()
        digest, found = sha256(plain.encode("utf-8", "surrogateescape")).digest(), None
        # Every entry is compared: the time taken tells nothing about which one matched.
        for entry in self._entries:
            if hmac.compare_digest(entry.digest, digest):
                found = entry.client
        return found

    def fingerprint(self, plain: str) -> str:
        """Return what names a key in a cookie; nobody can make the key of it."""
        return _fingerprint(sha256(plain.encode("utf-8", "surrogateescape")).digest())

    def holder(self, fingerprint: str) -> Client | None:
        """Return the client whose key has this fingerprint, as long as the file has that key."""
        self._refresh()
        return next((one.client for one in self._entries if _fingerprint(one.digest) == fingerprint), None)

    def _refresh(self) -> None:
        stamp = _stamp(self._path)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._entries = read_keys(self._path)
            _output.info("keys file read again", entries=len(self._entries))
        except BadKeysFile as error:
            _output.error("keys file is broken; the former keys stay", error=str(error))


def _fingerprint(digest: bytes) -> str:
    return sha256(b"fingerprint " + digest).hexdigest()[:32]


def new_key(name: str, scopes: Sequence[str], person: str = "") -> tuple[str, dict[str, Any]]:
    """Return a fresh key, to be shown once, and its entry for the keys file."""
    plain = f"loopdesk_{secrets.token_urlsafe(32)}"
    entry = {"name": name, "sha256": sha256(plain.encode()).hexdigest(), "scopes": sorted(scopes)}
    return plain, entry | ({"person": person} if person else {})


def read_keys(path: Path) -> tuple[Entry, ...]:
    """Return the entries of a keys file."""
    try:
        entries = read_yaml(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        # YAML's own message quotes the file; the kind of error is enough, and quotes nothing.
        raise BadKeysFile(f"{path} cannot be read as YAML: {type(error).__name__}.") from None
    if not isinstance(entries, list):
        raise BadKeysFile(f"{path} must be a list of {{name, sha256, scopes}}.")
    found = tuple(_entry(path, number, raw) for number, raw in enumerate(entries, start=1))
    persons: dict[str, str] = {}
    for number, one in enumerate(found, start=1):
        # One client is answered as one, also what was asked before; so it cannot be two people.
        if persons.setdefault(one.client.name, one.client.person) != one.client.person:
            raise BadKeysFile(f"{path}, entry {number}: this name is another's already; give each person's key its own name.")
    return found


def _entry(path: Path, number: int, raw: Any) -> Entry:
    match raw:
        case {"name": str(name), "sha256": str(digest), "scopes": [*scopes], **more} if name and _all_text(scopes):
            if unknown := sorted(map(str, more.keys() - {"person"})):
                # A misspelt `person` would make a system's key of a person's.
                raise BadKeysFile(f"{path}, entry {number}: {unknown[0]} is no part of a key; take it out, or write person.")
            try:
                return Entry(_digest(digest), Client(name, frozenset(scopes), _person(path, number, more)))
            except ValueError:
                raise BadKeysFile(f"{path}, entry {number}: sha256 must be 64 hexadecimal digits.") from None
        case _:
            raise BadKeysFile(f"{path}, entry {number}: give name, sha256 and a list of scopes.")


def _person(path: Path, number: int, more: Mapping[Any, Any]) -> str:
    match more.get("person", ""):
        case str(person) if person.strip() == person and len(person) <= PERSON_MAX and (person or "person" not in more):
            return person
    raise BadKeysFile(f"{path}, entry {number}: person must be the id of an agent, at most {PERSON_MAX} characters.")


def _digest(text: str) -> bytes:
    digest = bytes.fromhex(text)
    if len(digest) != 32:
        raise ValueError(len(digest))
    return digest


def _all_text(scopes: Sequence[object]) -> bool:
    return all(isinstance(scope, str) and scope for scope in scopes)


def _stamp(path: Path) -> Mapping[str, int] | None:
    try:
        now = path.stat()
    except OSError:
        return None
    return {"changed": now.st_mtime_ns, "size": now.st_size, "inode": now.st_ino}
