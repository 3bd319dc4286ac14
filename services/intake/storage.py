"""Where attachments are kept: in a folder, or in a bucket of an S3-compatible store, in the same way.

An object is `case/sha256`. Each case has its own, so that an erasure needs to ask no other case.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, MemoryStore, S3Store

from libs.events.words.refusal import Refused
from libs.web.environment import BadSetting
from services.intake.settings import IntakeSettings

if TYPE_CHECKING:
    from obstore.store import S3Config

_UNSET = IntakeSettings()
BUCKET = "s3://"
SECONDS_MAX = 20


@dataclass(frozen=True, slots=True)
class Storage:
    """Keeps files by case and SHA-256. What it has taken is durable; what it cannot do now it refuses with 503."""

    store: LocalStore | MemoryStore | S3Store
    folder: Path | None = None

    async def put(self, case_id: str, sha256: str, content: bytes) -> None:
        """Keep a file; the same one again is the same."""
        with reached():
            await obstore.put_async(self.store, _path(case_id, sha256), content)
            if self.folder is not None:
                await asyncio.to_thread(_sync, self.folder / case_id / sha256)

    async def get(self, case_id: str, sha256: str) -> bytes | None:
        """Return a file, or nothing if it is not there."""
        with reached():
            try:
                found = await obstore.get_async(self.store, _path(case_id, sha256))
                return bytes(await found.bytes_async())
            except FileNotFoundError:
                return None

    async def has(self, case_id: str, sha256: str) -> bool:
        """Test whether a file is there."""
        with reached():
            try:
                await obstore.head_async(self.store, _path(case_id, sha256))
            except FileNotFoundError:
                return False
        return True

    async def delete(self, case_id: str, sha256: str) -> None:
        """Delete a file, if it is there."""
        with reached(), suppress(FileNotFoundError):
            await obstore.delete_async(self.store, _path(case_id, sha256))

    async def forget(self, case_id: str) -> None:
        """Delete all files of a case."""
        with reached():
            found = [one["path"] async for chunk in obstore.list(self.store, case_id) for one in chunk]
        for path in found:
            await self.delete(*_parts(path))

    async def older(self, than: datetime) -> AsyncIterator[list[tuple[str, str]]]:
        """Yield in parts the case and SHA-256 of what was kept before an instant."""
        with reached():
            async for chunk in obstore.list(self.store):
                yield [_parts(one["path"]) for one in chunk if one["last_modified"] < than and "/" in one["path"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What may be attached to a case, and where it is kept; nowhere without a storage."""

    storage: Storage | None = None
    bytes_max: int = _UNSET.attachment_bytes_max
    count_max: int = _UNSET.attachments_max
    types: frozenset[str] = frozenset(_UNSET.attachment_types.split())

    @property
    def kept(self) -> Storage:
        """The storage; refused where none is set."""
        if self.storage is None:
            raise Refused("attachments-off", "This desk keeps no attachments: its operator has set no LOOPDESK_ATTACHMENTS.")
        return self.storage

    async def forget(self, case_ids: Iterable[str]) -> None:
        """Delete all files of these cases; done before their rows go, so that what fails can be asked again."""
        if self.storage is not None:
            for case_id in case_ids:
                await self.storage.forget(case_id)


@contextmanager
def reached() -> Iterator[None]:
    """Turn what a storage says when it cannot be used into a refusal that asks to come again."""
    try:
        yield
    except (BaseError, OSError) as error:
        # What it says may name a path or an address, which is nobody's business who asks.
        raise Refused(
            "storage-away", "The storage of attachments cannot be used now; nothing was kept. Try again.", 503
        ) from error


def files_of(settings: IntakeSettings) -> Files:
    """Return what the operator has set."""
    return Files(
        storage=storage_of(settings) if settings.attachments else None,
        bytes_max=settings.attachment_bytes_max,
        count_max=settings.attachments_max,
        types=frozenset(settings.attachment_types.split()),
    )


def storage_of(settings: IntakeSettings) -> Storage:
    """Return the folder or the bucket that is set."""
    if settings.attachments.startswith(BUCKET):
        return Storage(_bucket(settings))
    folder = Path(settings.attachments).expanduser().resolve()
    try:
        return Storage(LocalStore(folder, mkdir=True), folder)
    except (BaseError, OSError) as error:
        raise BadSetting(f"LOOPDESK_ATTACHMENTS is {folder}, which cannot be made or entered.") from error


def _bucket(settings: IntakeSettings) -> S3Store:
    bucket, _, prefix = settings.attachments.removeprefix(BUCKET).partition("/")
    if not bucket:
        raise BadSetting("LOOPDESK_ATTACHMENTS must be a folder, or s3://BUCKET or s3://BUCKET/PREFIX.")
    how: S3Config = {"region": settings.s3_region}
    if settings.s3_endpoint:
        how["endpoint"] = settings.s3_endpoint
    if settings.s3_key_id:
        how["access_key_id"], how["secret_access_key"] = settings.s3_key_id, settings.s3_secret
    return S3Store(
        bucket,
        prefix=prefix or None,
        config=how,
        client_options={
            "allow_http": settings.s3_endpoint.startswith("http://"),
            "connect_timeout": timedelta(seconds=3),
            "timeout": timedelta(seconds=SECONDS_MAX),
        },
        retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=SECONDS_MAX / 2)},
    )


def _path(case_id: str, sha256: str) -> str:
    return f"{case_id}/{sha256}"


def _parts(path: str) -> tuple[str, str]:
    case_id, _, sha256 = path.rpartition("/")
    return case_id, sha256


def _sync(file: Path) -> None:
    """Return when a file and its name outlive the power; object stores do that by themselves."""
    for path in (file, file.parent, file.parent.parent):
        number = os.open(path, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
