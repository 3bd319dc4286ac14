"""What every storage does, tried on each: a folder, memory, and a bucket of a real S3-compatible server."""

import shutil
from datetime import timedelta

import pytest
from obstore.store import MemoryStore

from libs.events.words.now import real_now
from libs.events.words.refusal import Refused
from libs.web.environment import BadSetting
from services.intake.settings import IntakeSettings
from services.intake.storage import Files, Storage, files_of, storage_of
from tests import s3

SHA, OTHER = "a" * 64, "b" * 64
KINDS = ["memory", "folder", pytest.param("bucket", marks=pytest.mark.kafka)]


def bucket(server, prefix="", **others):
    words = {"s3_endpoint": server.url, "s3_key_id": s3.KEY_ID, "s3_secret": s3.SECRET, **others}
    return storage_of(IntakeSettings(attachments=f"s3://{s3.BUCKET}{prefix}", **words))


@pytest.fixture
def storage(request, tmp_path):
    match request.param:
        case "memory":
            return Storage(MemoryStore())
        case "folder":
            return storage_of(IntakeSettings(attachments=str(tmp_path / "kept")))
    return bucket(request.getfixturevalue("s3_server"), f"/{tmp_path.name}")


each = pytest.mark.parametrize("storage", KINDS, indirect=True)


async def kept(storage):
    return sorted([one async for part in storage.older(real_now() + timedelta(hours=1)) for one in part])


@each
async def test_what_was_put_is_there_and_nothing_else(storage):
    await storage.put("c1", SHA, b"one")
    assert (await storage.get("c1", SHA), await storage.has("c1", SHA)) == (b"one", True)
    assert (await storage.get("c1", OTHER), await storage.has("c1", OTHER)) == (None, False)
    assert (await storage.get("c2", SHA), await storage.has("c2", SHA)) == (None, False)


@each
@pytest.mark.parametrize("content", [b"", b"\0" * 1_000_000, bytes(range(256))])
async def test_any_content_comes_back_as_it_was(storage, content):
    await storage.put("c1", SHA, content)
    assert await storage.get("c1", SHA) == content


@each
async def test_put_again_it_is_there_once(storage):
    for _ in range(2):
        await storage.put("c1", SHA, b"one")
    assert await kept(storage) == [("c1", SHA)]


@each
async def test_a_case_is_forgotten_and_no_other(storage):
    for case_id, one in (("c1", SHA), ("c1", OTHER), ("c10", SHA), ("c2", SHA)):
        await storage.put(case_id, one, b"x")
    for _ in range(2):
        await storage.forget("c1")
        assert await kept(storage) == [("c10", SHA), ("c2", SHA)], "c10 only begins as c1 does"


@each
async def test_what_is_not_there_is_deleted_alike(storage):
    await storage.put("c1", SHA, b"x")
    for _ in range(2):
        await storage.delete("c1", SHA)
    await storage.forget("nobody")
    assert await kept(storage) == []


@each
async def test_only_what_is_older_is_old(storage):
    await storage.put("c1", SHA, b"x")
    assert [one async for part in storage.older(real_now() - timedelta(minutes=1)) for one in part] == []
    assert await kept(storage) == [("c1", SHA)]


async def test_a_folder_has_what_was_put_as_a_file_and_nothing_beside_it(tmp_path):
    await storage_of(IntakeSettings(attachments=str(tmp_path))).put("c1", SHA, b"one")
    files = [one.relative_to(tmp_path).as_posix() for one in tmp_path.rglob("*") if one.is_file()]
    assert files == [f"c1/{SHA}"] and (tmp_path / "c1" / SHA).read_bytes() == b"one"


async def asked_of(storage):
    """Ask everything, and yield what comes of it."""
    everything = [storage.put("c1", SHA, b"x"), storage.get("c1", SHA), storage.has("c1", SHA)]
    for asked in [*everything, storage.delete("c1", SHA), storage.forget("c1")]:
        try:
            yield await asked
        except Refused as no:
            yield no.code, no.status


async def test_a_folder_that_is_away_is_a_503(tmp_path):
    storage = storage_of(IntakeSettings(attachments=str(tmp_path / "kept")))
    await storage.put("c1", SHA, b"x")
    shutil.rmtree(tmp_path / "kept")
    (tmp_path / "kept").write_text("no folder any more")
    assert set([one async for one in asked_of(storage)][:1]) == {("storage-away", 503)}


@pytest.mark.kafka
async def test_a_bucket_that_is_away_is_a_503_and_comes_back(s3_server, tmp_path):
    storage = bucket(s3_server, f"/{tmp_path.name}")
    await storage.put("c1", SHA, b"x")
    s3_server.stop()
    assert {one async for one in asked_of(storage)} == {("storage-away", 503)}
    s3_server.start()
    assert await storage.get("c1", SHA) == b"x"


@pytest.mark.kafka
@pytest.mark.parametrize("others", [{"s3_secret": "of somebody else"}, {"s3_key_id": "nobody"}])
async def test_a_wrong_key_is_a_503_that_tells_nothing(s3_server, others):
    with pytest.raises(Refused) as refused:
        await bucket(s3_server, **others).put("c1", SHA, b"x")
    assert refused.value.status == 503 and "127.0.0.1" not in refused.value.detail


@pytest.mark.kafka
async def test_a_bucket_that_does_not_exist_takes_nothing(s3_server):
    words = {"s3_endpoint": s3_server.url, "s3_key_id": s3.KEY_ID, "s3_secret": s3.SECRET}
    with pytest.raises(Refused) as refused:
        await storage_of(IntakeSettings(attachments="s3://no-such-bucket", **words)).put("c1", SHA, b"x")
    assert refused.value.status == 503


@pytest.mark.parametrize("place", ["s3://", "s3:///prefix", "/dev/null/x"])
def test_a_place_that_cannot_be_is_refused_at_the_start(place):
    with pytest.raises(BadSetting, match="LOOPDESK_ATTACHMENTS"):
        storage_of(IntakeSettings(attachments=place))


def test_without_a_place_nothing_is_taken():
    with pytest.raises(Refused) as refused:
        _ = files_of(IntakeSettings()).kept
    assert (refused.value.code, refused.value.status) == ("attachments-off", 409)
    assert Files() == files_of(IntakeSettings())
