"""What the landing store promises, on a folder and a bucket alike: exactly these files, or why not."""

import os
import pickle
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

import obstore
import pytest
from obstore.store import LocalStore

from tests.object_stores import EACH_SERVER, ObjectStore
from wrapped_assets.landing import bucket as landing_bucket
from wrapped_assets.landing import layout, s3
from wrapped_assets.landing.bucket import Bucket
from wrapped_assets.landing.objects import DayFolders, LandingObject, Names, Problem
from wrapped_assets.landing.store import AlreadyThere, LandingStore, LandingStoreError

DAY = date(2025, 1, 2)
FOLDER = "pipe_stats/dt=2025-01-02/region=eu"
KEY = f"{FOLDER}/a.parquet"
SECRET = "s3cr3t-s3cr3t"


@dataclass
class World:
    """A landing store and, past it, the hand of a stranger who writes and deletes there."""

    store: LandingStore
    write: Callable[[str, bytes], None]
    delete: Callable[[str], None]

    def seen(self, key: str) -> LandingObject:
        """The one listed object of that key."""
        return next(item for item in self.store.list_day("pipe_stats", DAY).objects if item.key == key)


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing in the environment says which store or whose keys."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "GOOGLE_"))]:
        monkeypatch.delenv(name)


def options(endpoint: str) -> dict[str, str]:
    return {
        "endpoint": endpoint,
        "region": "us-east-1",
        "access_key_id": "AKIATEST",
        "secret_access_key": SECRET,
    }


def folder_world(root: Path) -> World:
    def write(key: str, data: bytes) -> None:
        path = root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        staged = root / f".{uuid4().hex}"
        staged.write_bytes(data)
        staged.replace(path)

    return World(LandingStore.open(root.as_uri()), write, lambda key: (root / key).unlink())


def bucket_world(server: ObjectStore) -> World:
    bucket, client = server.new_bucket(), server.client()
    place = {"Bucket": bucket}
    return World(
        server.landing(bucket),
        lambda key, data: client.put_object(**place, Key=f"some prefix/{key}", Body=data),
        lambda key: client.delete_object(**place, Key=f"some prefix/{key}"),
    )


@pytest.fixture(params=["folder", *EACH_SERVER])
def world(
    request: pytest.FixtureRequest, started_store: Callable[[str], ObjectStore], tmp_path: Path
) -> World:
    if request.param == "folder":
        return folder_world(tmp_path / "landing zone")
    return bucket_world(started_store(request.param))


@pytest.fixture
def bucket(object_store: ObjectStore) -> World:
    return bucket_world(object_store)


def contents(store: LandingStore, objects: list[LandingObject]) -> dict[str, bytes]:
    with store.fetch(objects) as fetched:
        assert fetched.problems == {}
        return {key: path.read_bytes() for key, path in fetched.paths.items()}


# Listing


def test_days_are_listed_with_whatever_else_lies_there(world: World) -> None:
    """Days ascend; a folder that is no date, or a file in no day, is named and not silently passed over."""
    for folder in [
        "dt=2025-01-02",
        "dt=2024-12-31",
        "dt=2025-02-30",
        "dt=2025-1-2",
        "day=2025-01-05",
        "_tmp",
    ]:
        world.write(f"pipe_stats/{folder}/region=eu/x.parquet", b"x")
    world.write("pipe_stats/loose.parquet", b"x")
    world.write("pipe_stats/_SUCCESS", b"")
    world.write("pipe_stats_old/dt=2020-01-01/region=eu/x.parquet", b"x")

    found = world.store.days("pipe_stats")

    assert found.days == [date(2024, 12, 31), date(2025, 1, 2)]
    assert found.skipped == {
        f"pipe_stats/{name}": "is no folder of a day, dt=YYYY-MM-DD"
        for name in ("day=2025-01-05", "dt=2025-02-30", "dt=2025-1-2", "loose.parquet")
    }


def test_the_top_is_listed_without_what_lies_below(world: World) -> None:
    """Folders and files apart, whatever they are called, except what writers keep for themselves."""
    for key in ["pipe_stat/dt=2025-01-02/region=eu/x.parquet", "storage/x", "loose.parquet", "_SUCCESS"]:
        world.write(key, b"x")

    assert world.store.top() == Names({"pipe_stat", "storage"}, {"loose.parquet"})


def test_a_store_nobody_wrote_to_is_empty(world: World) -> None:
    """Before the first export there is nothing, and that is no error."""
    assert world.store.top() == Names()
    assert world.store.days("pipe_stats") == DayFolders([], {})
    assert world.store.list_day("pipe_stats", DAY).objects == []
    assert world.store.list_dimension("organizations").objects == []


def test_a_day_lists_its_files_by_key(world: World) -> None:
    """Names with spaces, accents and signs stay as they are; the order is the keys', not the store's."""
    names = [
        "z.parquet",
        "with space.parquet",
        "añade 日本 ü.parquet",
        "100%+20%25.parquet",
        "sub/x.parquet",
        "no_suffix",
    ]
    keys = [f"{FOLDER}/{name}" for name in names] + [f"{FOLDER}/{number}.parquet" for number in range(30)]
    for key in keys:
        world.write(key, key.encode())
    world.write("pipe_stats/dt=2025-01-03/region=eu/next_day.parquet", b"x")

    listed = world.store.list_day("pipe_stats", DAY).objects

    assert [item.key for item in listed] == sorted(keys)
    assert [item.size for item in listed] == [len(key.encode()) for key in sorted(keys)]
    assert contents(world.store, listed) == {key: key.encode() for key in keys}


def test_a_server_that_lists_out_of_order_and_twice_changes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Order and repetition of a listing never show."""
    for name in "cab":
        world.write(f"{FOLDER}/{name}.parquet", b"x")
    real = obstore.list

    class Shuffled:
        def __init__(self, *arguments: Any, **_: Any) -> None:
            self.found = [*real(*arguments).collect()]

        def __iter__(self) -> Iterator[list[Any]]:
            yield self.found[::-1]
            yield self.found

    monkeypatch.setattr(obstore, "list", Shuffled)

    listed = world.store.list_day("pipe_stats", DAY).objects

    assert [item.key for item in listed] == [f"{FOLDER}/{name}.parquet" for name in "abc"]


def test_leftovers_of_writers_are_not_listed(world: World) -> None:
    """Markers, checksums and half-written files of Spark, Hadoop, rclone and this project are no data."""
    world.write(KEY, b"x")
    for name in [
        "_SUCCESS",
        "_temporary/0/part-0.parquet",
        ".a.parquet.crc",
        "b.tmp",
        "c.crc",
        "d.partial",
        "e#1",
    ]:
        world.write(f"{FOLDER}/{name}", b"x")

    assert [item.key for item in world.store.list_day("pipe_stats", DAY).objects] == [KEY]


def test_an_empty_file_is_listed_and_an_empty_folder_is_not(bucket: World) -> None:
    """Consoles make objects that stand for folders; a file that lost its content must be seen and judged."""
    for key in [
        "pipe_stats/",
        "pipe_stats/dt=2025-01-02/",
        f"{FOLDER}/",
        f"{FOLDER}/sub/",
        "pipe_stats/dt=2025-01-02/region=eu.west/",
        f"{FOLDER}/empty.parquet",
    ]:
        bucket.write(key, b"")

    assert [item.key for item in bucket.store.list_day("pipe_stats", DAY).objects] == [
        f"{FOLDER}/empty.parquet"
    ]
    assert bucket.store.days("pipe_stats") == DayFolders([DAY], {})


def test_misplaced_files_are_listed(world: World) -> None:
    """A file in no region is shown, so that it can be quarantined and not lost."""
    world.write("pipe_stats/dt=2025-01-02/lost.parquet", b"x")

    assert [item.key for item in world.store.list_day("pipe_stats", DAY).objects] == [
        "pipe_stats/dt=2025-01-02/lost.parquet"
    ]


def test_a_family_is_listed_whole(world: World) -> None:
    """All its days at once, without what writers keep for themselves and without its neighbours."""
    keys = [
        f"pipe_stats/dt=2025-01-{day:02}/region=eu/{number}.parquet" for day in (2, 3) for number in range(3)
    ]
    for key in [*keys, "pipe_stats/dt=2025-01-02/_SUCCESS", "pipe_stats2/dt=2025-01-02/region=eu/x.parquet"]:
        world.write(key, key.encode())

    pages = [file for page in world.store.pages("pipe_stats") for file in page.objects]

    assert sorted(pages) == [
        file for day in (2, 3) for file in world.store.list_day("pipe_stats", date(2025, 1, day)).objects
    ]
    assert sorted(file.key for file in pages) == keys
    assert [*world.store.pages("ingestion")] == []


def test_a_dimension_lists_its_snapshots(world: World) -> None:
    """Snapshots of all regions, by key."""
    for region in ["us", "eu"]:
        world.write(f"organizations/region={region}/1.parquet", b"x")
    world.write("workspaces/region=eu/1.parquet", b"x")

    listed = world.store.list_dimension("organizations").objects

    assert [item.key for item in listed] == [
        "organizations/region=eu/1.parquet",
        "organizations/region=us/1.parquet",
    ]


def test_a_listing_of_many_pages_is_whole(started_store: Callable[[str], ObjectStore]) -> None:
    """2,500 objects come in three pages of S3; 10,000 on either server are in tests/test_many_objects.py."""
    from moto.s3.models import s3_backends

    bucket = bucket_world(started_store("moto"))
    keys = [f"{FOLDER}/{number:04}.parquet" for number in range(2500)]
    name = bucket.store.url.split("/")[2]
    for key in keys:  # past HTTP, which would take seven seconds
        s3_backends["123456789012"]["aws"].put_object(name, f"some prefix/{key}", b"x")

    assert [item.key for item in bucket.store.list_day("pipe_stats", DAY).objects] == keys


UNUSABLE = "has a name with a control character or an empty part"


def test_a_folder_skips_what_is_no_file_and_lists_all_others(tmp_path: Path) -> None:
    """Names that cannot be keys, links in circles or to nothing, pipes: each is told with the reason."""
    world = folder_world(tmp_path)
    for name in ("a.parquet", "z.parquet", "tab\there.parquet", "region=us\n/x.parquet"):
        world.write(f"{FOLDER}/{name}", b"x")
    here = tmp_path / FOLDER
    (here / os.fsdecode(b"caf\xe9.parquet")).write_bytes(b"x")
    for name, target in (
        ("self", "."),
        ("above", "../../.."),
        ("top", "/"),
        ("circle", "circle"),
        ("nothing", "gone"),
    ):
        (here / name).symlink_to(target)
    os.mkfifo(here / "pipe")

    listing = world.store.list_day("pipe_stats", DAY)
    (page,) = world.store.pages("pipe_stats")

    assert [item.key for item in listing.objects] == [f"{FOLDER}/a.parquet", f"{FOLDER}/z.parquet"]
    circle = "is a link to a folder that it lies in, or behind another link"
    assert listing.skipped == {
        f"{FOLDER}/tab\\x09here.parquet": UNUSABLE,
        f"{FOLDER}/region=us\\x0a": UNUSABLE,
        f"{FOLDER}/caf\\xe9.parquet": "has a name that is not UTF-8",
        f"{FOLDER}/self": circle,
        f"{FOLDER}/above": circle,
        f"{FOLDER}/top": circle,
        f"{FOLDER}/circle": "cannot be read: too many levels of symbolic links",
        f"{FOLDER}/nothing": "is a link to nothing",
        f"{FOLDER}/pipe": "is neither a file nor a folder",
    }
    assert (sorted(page.objects), page.skipped) == (listing.objects, listing.skipped)


def test_a_link_is_followed_once(tmp_path: Path) -> None:
    """A file elsewhere, a day on another disk: they are listed and fetched. A second link on the way is not followed."""
    world = folder_world(tmp_path / "landing")
    elsewhere = folder_world(tmp_path / "disk")
    elsewhere.write("region=eu/a.parquet", b"there")
    elsewhere.write("one.parquet", b"one")
    (tmp_path / "disk" / "region=us").symlink_to("region=eu")
    world.write(KEY, b"here")
    (tmp_path / "landing" / FOLDER / "linked.parquet").symlink_to(tmp_path / "disk" / "one.parquet")
    (tmp_path / "landing/pipe_stats/dt=2025-01-03").symlink_to(tmp_path / "disk")

    listing = world.store.list_day("pipe_stats", date(2025, 1, 3))

    prefix = "pipe_stats/dt=2025-01-03"
    assert world.store.days("pipe_stats").days == [DAY, date(2025, 1, 3)]
    assert contents(world.store, [*listing.objects, world.seen(f"{FOLDER}/linked.parquet")]) == {
        f"{prefix}/one.parquet": b"one",
        f"{prefix}/region=eu/a.parquet": b"there",
        f"{FOLDER}/linked.parquet": b"one",
    }
    assert [*listing.skipped] == [f"{prefix}/region=us"]


def test_a_file_that_goes_while_it_is_listed_is_not_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a writer moves it away at that moment; the others are."""
    world = folder_world(tmp_path)
    world.write(KEY, b"x")
    world.write(f"{FOLDER}/gone.parquet", b"x")
    scandir = os.scandir

    def slow(path: Any) -> Any:
        listing = scandir(path)
        entries = list(listing)
        (tmp_path / FOLDER / "gone.parquet").unlink(missing_ok=True)
        return nullcontext(entries)

    monkeypatch.setattr(os, "scandir", slow)
    listing = world.store.list_day("pipe_stats", DAY)

    assert ([item.key for item in listing.objects], listing.skipped) == ([KEY], {})


def test_a_folder_that_may_not_be_read_keeps_no_other_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told; so is a file, when it is fetched."""
    world = folder_world(tmp_path)
    world.write(KEY, b"x")
    world.write("pipe_stats/dt=2025-01-02/region=us/b.parquet", b"x")
    scandir = os.scandir

    def refusing(path: Any) -> Any:
        if str(path).endswith("region=us"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    monkeypatch.setattr(os, "access", lambda *_: False)
    listing = world.store.list_day("pipe_stats", DAY)

    assert listing.skipped == {"pipe_stats/dt=2025-01-02/region=us/": "cannot be read: permission denied"}
    with world.store.fetch(listing.objects) as fetched:
        assert fetched.problems == {KEY: Problem.REFUSED}


@pytest.mark.parametrize("since", [0.0, 1.5, -5.5, 1735689600.123456, 1735689600.1234567])
def test_a_folder_tells_versions_as_obstore_does(tmp_path: Path, since: float) -> None:
    """Ledgers of older versions hold obstore's etags: another wording would have every file imported again."""
    world = folder_world(tmp_path)
    world.write(KEY, b"abc")
    os.utime(tmp_path / KEY, (since, since))

    assert world.seen(KEY).etag == obstore.head(LocalStore(tmp_path), KEY)["e_tag"]


@pytest.mark.parametrize("name", ["tab\there.parquet", "bell\x07.parquet", "twice//x.parquet"])
def test_a_bucket_skips_a_name_that_cannot_be_a_key(
    name: str, started_store: Callable[[str], ObjectStore]
) -> None:
    """S3 takes such names, and obstore refuses the page that holds one: whatever lies before and after it is listed all the same."""
    world = bucket_world(started_store("moto"))
    odd = f"{FOLDER}/{name}"
    for key in (KEY, odd, f"{FOLDER}/z.parquet", "pipe_stats/dt=2025-01-02/odd\t/x.parquet", f"odd\t/{KEY}"):
        world.write(key, b"x")

    listing = world.store.list_day("pipe_stats", DAY)
    pages = list(world.store.pages("pipe_stats"))

    assert contents(world.store, listing.objects) == {KEY: b"x", f"{FOLDER}/z.parquet": b"x"}
    assert listing.skipped == {
        layout.printable(odd): UNUSABLE,
        "pipe_stats/dt=2025-01-02/odd\\x09/x.parquet": UNUSABLE,
    }
    assert sorted(item for page in pages for item in page.objects) == listing.objects
    assert world.store.days("pipe_stats") == DayFolders([DAY], {})
    assert world.store.top() == Names({"pipe_stats"}, skipped={"odd\\x09": UNUSABLE})


# Versions


def test_a_fetch_brings_the_listed_bytes(world: World) -> None:
    """Large and small, and an empty list is fine."""
    world.write(KEY, os.urandom(3_000_000))
    world.write(f"{FOLDER}/b.parquet", b"")
    listed = world.store.list_day("pipe_stats", DAY).objects

    brought = contents(world.store, listed)

    assert [len(brought[item.key]) for item in listed] == [3_000_000, 0]
    assert contents(world.store, []) == {}


def test_an_equal_sized_replacement_is_another_version(world: World) -> None:
    """A file put in place of another is told apart, whatever its size."""
    world.write(KEY, b"one")
    first = world.seen(KEY)
    world.write(KEY, b"two")

    assert world.seen(KEY).etag != first.etag
    assert world.seen(KEY).size == first.size


def test_a_file_written_again_in_place_is_another_version(tmp_path: Path) -> None:
    """Same inode, same size, one clock tick later."""
    world = folder_world(tmp_path)
    world.write(KEY, b"one")
    first, before = world.seen(KEY), (tmp_path / KEY).stat()
    (tmp_path / KEY).write_bytes(b"two")
    os.utime(tmp_path / KEY, ns=(before.st_atime_ns, before.st_mtime_ns + 4_000_000))

    assert world.seen(KEY).etag != first.etag


def test_changed_and_vanished_files_are_told_and_the_others_come(world: World) -> None:
    """Between listing and fetching, one file was replaced and one deleted."""
    for name in "abc":
        world.write(f"{FOLDER}/{name}.parquet", b"old")
    listed = world.store.list_day("pipe_stats", DAY).objects
    world.write(f"{FOLDER}/a.parquet", b"new")
    world.delete(f"{FOLDER}/b.parquet")

    with world.store.fetch(listed) as fetched:
        assert fetched.problems == {
            f"{FOLDER}/a.parquet": Problem.CHANGED,
            f"{FOLDER}/b.parquet": Problem.VANISHED,
        }
        assert {key: path.read_bytes() for key, path in fetched.paths.items()} == {
            f"{FOLDER}/c.parquet": b"old"
        }


def test_a_folders_files_are_not_copied(tmp_path: Path) -> None:
    """The path is the file itself, except where DuckDB would expand the name: that one comes as a link."""
    world = folder_world(tmp_path)
    world.write(KEY, b"x")
    world.write(f"{FOLDER}/d[1].parquet", b"right")
    world.write(f"{FOLDER}/d1.parquet", b"wrong")

    with world.store.fetch(world.store.list_day("pipe_stats", DAY).objects) as fetched:
        assert fetched.paths[KEY] == tmp_path / KEY
        link = fetched.paths[f"{FOLDER}/d[1].parquet"]
        assert link.read_bytes() == b"right"
        assert "[" not in str(link)
    assert not link.is_symlink()


def test_spooled_files_are_gone_afterwards(
    bucket: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when the work in between failed."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    bucket.write(KEY, b"x")
    with pytest.raises(ZeroDivisionError), bucket.store.fetch([bucket.seen(KEY)]) as fetched:
        assert fetched.paths[KEY].is_relative_to(tmp_path)
        raise ZeroDivisionError

    assert list(tmp_path.iterdir()) == []


# Writing


@pytest.mark.parametrize("whole_put_bytes", [1_000_000, 0], ids=["whole", "in parts"])
def test_a_new_file_lands_once(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole_put_bytes: int
) -> None:
    """It is there with its bytes; a second one under the same key is refused and changes nothing."""
    monkeypatch.setattr(landing_bucket, "WHOLE_PUT_BYTES", whole_put_bytes)
    (tmp_path / "new").write_bytes(b"first")
    (tmp_path / "other").write_bytes(b"second")

    put = world.store.put_new(KEY, tmp_path / "new")
    with pytest.raises(AlreadyThere, match="landing files are never changed"):
        world.store.put_new(KEY, tmp_path / "other")

    assert world.store.list_day("pipe_stats", DAY).objects == [put]
    assert contents(world.store, [put]) == {KEY: b"first"}
    place = world.store._place
    everything = place.objects if isinstance(place, Bucket) else LocalStore(world.store.in_place)
    assert [item["path"] for item in obstore.list(everything).collect()] == [KEY]


def test_a_large_file_goes_up_in_parts(bucket: World, tmp_path: Path) -> None:
    """More than obstore would take into memory for a put-if-absent."""
    data = os.urandom(1024) * (17 * 1024)
    (tmp_path / "large").write_bytes(data)

    put = bucket.store.put_new(KEY, tmp_path / "large")

    assert put.size == len(data)
    assert "-" in put.etag  # so S3 marks what came in parts
    assert contents(bucket.store, [put]) == {KEY: data}


@pytest.mark.parametrize(
    "key", ["x.parquet", f"{FOLDER}/../up.parquet", f"{FOLDER}/x.tmp", f"/{KEY}", f"{FOLDER}/a\nb"]
)
def test_nothing_is_written_outside_the_layout(world: World, tmp_path: Path, key: str) -> None:
    """A key that no reader would look at is a mistake of the caller."""
    (tmp_path / "new").write_bytes(b"x")
    with pytest.raises(ValueError, match="not a key"):
        world.store.put_new(key, tmp_path / "new")


def test_of_two_writers_of_one_key_one_wins(tmp_path: Path) -> None:
    """Put-if-absent holds between threads and processes."""
    store = LandingStore.open((tmp_path / "landing").as_uri())
    for name in "abcd":
        (tmp_path / name).write_bytes(name.encode() * 100_000)

    def put(name: str) -> str | None:
        try:
            store.put_new(KEY, tmp_path / name)
        except AlreadyThere:
            return None
        return name

    with ThreadPoolExecutor(4) as pool:
        (winner,) = filter(None, pool.map(put, "abcd"))

    assert contents(store, store.list_day("pipe_stats", DAY).objects) == {KEY: winner.encode() * 100_000}


def test_a_reader_never_sees_half_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a file is being written, and after its writer died half way, there is nothing to see."""
    store = LandingStore.open((tmp_path / "landing").as_uri())
    (tmp_path / "new").write_bytes(b"whole")

    def half_way(source: IO[bytes], target: IO[bytes], length: int) -> None:
        target.write(b"wh")
        target.flush()
        assert store.list_day("pipe_stats", DAY).objects == []
        raise OSError("no space left on device")

    monkeypatch.setattr(shutil, "copyfileobj", half_way)
    with pytest.raises(OSError, match="no space left"):
        store.put_new(KEY, tmp_path / "new")

    assert [path for path in (tmp_path / "landing").rglob("*") if path.is_file()] == []


# The store as a whole


def test_an_unmounted_folder_has_not_lost_its_files(tmp_path: Path) -> None:
    """Files are only called vanished where their folder is there."""
    world = folder_world(tmp_path / "landing")
    world.write(KEY, b"x")
    item = world.seen(KEY)
    shutil.rmtree(tmp_path / "landing")

    for store in (world.store, LandingStore.open(world.store.url)):
        with pytest.raises(LandingStoreError, match="The folder is not there"), store.fetch([item]):
            pass


def every_use(store: LandingStore, path: Path) -> list[Callable[[], object]]:
    def fetch() -> None:
        with store.fetch([LandingObject(KEY, '"v1"', 1)]):
            pass

    return [
        lambda: store.days("pipe_stats"),
        lambda: store.list_day("pipe_stats", DAY).objects,
        lambda: store.put_new(KEY, path),
        fetch,
    ]


def test_an_absent_bucket_is_one_clear_error(object_store: ObjectStore, tmp_path: Path) -> None:
    """Whatever was asked: the bucket, not each of its files, is missing."""
    (tmp_path / "new").write_bytes(b"x")
    store = LandingStore.open("s3://no-such-bucket/landing", object_store.options)

    for use in every_use(store, tmp_path / "new"):
        with pytest.raises(LandingStoreError) as caught:
            use()
        assert "s3://no-such-bucket/landing" in str(caught.value)
        assert "The bucket does not exist." in str(caught.value)
        assert "Next: create the bucket" in str(caught.value)
        assert object_store.secret not in repr(caught.value)


def test_a_server_that_is_down_is_given_up_soon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused connection is tried a few times, then told."""
    monkeypatch.setitem(s3.RETRIES, "max_retries", 1)
    (tmp_path / "new").write_bytes(b"x")
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as closed:
        endpoint = f"http://127.0.0.1:{closed.server_port}"
    store = LandingStore.open("s3://landing", options(endpoint))

    for use in every_use(store, tmp_path / "new"):
        with pytest.raises(LandingStoreError, match="No answer came from the server") as caught:
            use()
        assert SECRET not in repr(caught.value)


@dataclass
class Script:
    """A server that answers what the test says; `seen` are the headers of what it was asked."""

    endpoint: str = ""
    answers: list[Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=list)
    seen: list[Message] = field(default_factory=list)

    @property
    def store(self) -> LandingStore:
        return LandingStore.open("s3://landing", options(self.endpoint))


def answer(
    status: int, body: bytes = b"", *, etag: str = '"v1"', cut: int | None = None, **headers: str
) -> Callable[[BaseHTTPRequestHandler], None]:
    """One HTTP answer; `cut` breaks the connection after so many bytes."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        headers.update(
            ETag=etag, Last_Modified="Fri, 03 Jan 2025 00:00:00 GMT", Content_Length=str(len(body))
        )
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body[:cut])
        handler.close_connection = True

    return send


@pytest.fixture
def script() -> Iterator[Script]:
    """A scripted server: the last answer repeats."""
    told = Script()
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with lock:
                told.seen.append(self.headers)
                reply = told.answers.pop(0) if len(told.answers) > 1 else told.answers[0]
            reply(self)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        told.endpoint = f"http://127.0.0.1:{server.server_port}"
        yield told
        server.shutdown()
        thread.join()


def refusal(code: str) -> Callable[[BaseHTTPRequestHandler], None]:
    """A 403 as S3 words it: with the caller's key and what it signed."""
    echo = f"<AWSAccessKeyId>AKIATEST</AWSAccessKeyId><StringToSign>{SECRET}</StringToSign>"
    return answer(403, f"<Error><Code>{code}</Code>{echo}</Error>".encode())


def test_wrong_credentials_are_told_once_and_without_them(script: Script) -> None:
    """A refusal is not retried; S3 echoes signatures and more, the error tells whose key it was and no secret."""
    script.answers = [refusal("SignatureDoesNotMatch")]

    with pytest.raises(LandingStoreError) as caught:
        script.store.list_day("pipe_stats", DAY)

    assert str(caught.value) == (
        "Could not list pipe_stats/dt=2025-01-02/ in s3://landing.\n"
        "  The server refused the credentials of the access key AKIATEST, or they may not do this."
        " (The server said: 403 SignatureDoesNotMatch.)\n"
        "  Next: check the access key and its permissions (list, read and write) on this bucket and prefix."
    )
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert len(script.seen) == 1


def test_refused_downloads_stop_at_once(script: Script) -> None:
    """A hundred files behind a wrong key are not a hundred refused requests."""
    script.answers = [refusal("InvalidAccessKeyId")]
    wanted = [LandingObject(f"{FOLDER}/{number}.parquet", '"v1"', 1) for number in range(100)]

    with pytest.raises(LandingStoreError, match="403 InvalidAccessKeyId"), script.store.fetch(wanted):
        pass

    assert len(script.seen) < 50


def test_a_server_that_stays_busy_is_given_up(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    """After as many tries as `RETRIES` says, and not obstore's three minutes."""
    monkeypatch.setitem(s3.RETRIES, "max_retries", 2)
    script.answers = [answer(503)]

    with pytest.raises(LandingStoreError, match="The server said: 503"):
        script.store.list_day("pipe_stats", DAY)

    assert len(script.seen) == 3


def test_given_keys_are_used_alone(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    """A session token that lies about in the environment belongs to other keys."""
    monkeypatch.setenv("AWS_SESSION_TOKEN", "of-somebody-else")
    script.answers = [refusal("AccessDenied")]

    with pytest.raises(LandingStoreError):
        script.store.list_day("pipe_stats", DAY)

    assert script.seen[0]["x-amz-security-token"] is None
    assert "AKIATEST" in script.seen[0]["Authorization"]


def test_a_server_that_stumbles_is_tried_again(script: Script) -> None:
    """Busy twice, then a download that breaks and is resumed where it broke: the file is whole."""
    rest = answer(206, b"56789", Content_Range="bytes 5-9/10")
    script.answers = [answer(503), answer(503), answer(200, b"0123456789", cut=5), rest]

    assert contents(script.store, [LandingObject(KEY, '"v1"', 10)]) == {KEY: b"0123456789"}


def test_a_file_that_changes_under_a_broken_download_is_never_mixed(script: Script) -> None:
    """The second half of another version is not appended to the first half of this one."""
    rest = answer(206, b"NEWER", etag='"v2"', Content_Range="bytes 5-9/10")
    script.answers = [answer(200, b"0123456789", cut=5), rest]

    with pytest.raises(LandingStoreError), script.store.fetch([LandingObject(KEY, '"v1"', 10)]):
        pass


@pytest.mark.parametrize("now", [answer(200, b"x", etag='"v2"'), answer(200, b"xx"), answer(412)])
def test_a_server_that_ignores_conditions_is_checked(
    script: Script, now: Callable[[BaseHTTPRequestHandler], None]
) -> None:
    """Another etag, another size or a failed condition: each is a change."""
    script.answers = [now]

    with script.store.fetch([LandingObject(KEY, '"v1"', 1)]) as fetched:
        assert fetched.problems == {KEY: Problem.CHANGED}
    assert [asked["If-Match"] for asked in script.seen] == ['"v1"']


def test_an_archived_file_is_told_and_the_others_come(script: Script) -> None:
    """A lifecycle rule that moved one file to cold storage does not hold up the rest."""
    script.answers = [refusal("InvalidObjectState"), answer(200, b"x")]
    wanted = [LandingObject(f"{FOLDER}/{name}.parquet", '"v1"', 1) for name in "ab"]

    with script.store.fetch(wanted) as fetched:
        assert list(fetched.problems.values()) == [Problem.ARCHIVED]
        assert len(fetched.paths) == 1


@pytest.mark.parametrize(
    "no", [refusal("AccessDenied"), answer(400, b"<Error><Code>KMS.DisabledException</Code></Error>")]
)
def test_a_refused_file_can_be_spared_and_the_others_come(
    script: Script, no: Callable[[BaseHTTPRequestHandler], None]
) -> None:
    """For who would rather have the others; without asking for it, the refusal stops everything."""
    script.answers = [no, answer(200, b"x")]
    wanted = [LandingObject(f"{FOLDER}/{name}.parquet", '"v1"', 1) for name in "ab"]

    with script.store.fetch(wanted, spare_refused=True) as fetched:
        assert list(fetched.problems.values()) == [Problem.REFUSED]
        assert len(fetched.paths) == 1
    script.answers = [no, answer(200, b"x")]
    with pytest.raises(LandingStoreError, match=r"The server said: 40[03]"), script.store.fetch(wanted):
        pass


def test_a_server_that_refuses_who_asks_spares_nothing(script: Script) -> None:
    """Whoever is not let in has seen none of the files, which are no worse for it."""
    script.answers = [answer(401)]
    wanted = [LandingObject(KEY, '"v1"', 1)]

    with pytest.raises(LandingStoreError), script.store.fetch(wanted, spare_refused=True):
        pass


@pytest.mark.parametrize(
    "url",
    [
        "landing",
        "/landing",
        "http://host/landing",
        "file:///",
        "file://landing/zone",
        "s3://",
        "s3:///prefix",
        f"s3://user:{SECRET}@bucket/prefix",
        f"s3://user:{SECRET}/with-a-slash@bucket/prefix",
        f"s3://bucket/prefix?secret={SECRET}",
    ],
)
def test_a_url_that_names_no_store_is_told_at_once(url: str) -> None:
    """With the forms that do, and without repeating what may hold a password."""
    with pytest.raises(LandingStoreError, match="s3://bucket/prefix") as caught:
        LandingStore.open(url)

    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("url", ["s3://landing", "gs://landing", "file:///landing"])
def test_an_unknown_option_is_told_at_once(url: str) -> None:
    """With the names that are known, and not its value."""
    with pytest.raises(LandingStoreError) as caught:
        LandingStore.open(url, {"allow_http": SECRET})

    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "endpoint", ["nonsense", "http://", "http://host with blanks", "ftp://host", "http:///path"]
)
def test_an_endpoint_that_is_no_address_is_told_at_once(endpoint: str) -> None:
    """obstore would end the process when it asks one."""
    with pytest.raises(LandingStoreError, match="an endpoint that is no http:// or https:// address"):
        LandingStore.open("s3://landing", {"endpoint": endpoint})


def test_an_expired_session_and_a_busy_server_are_told_as_such() -> None:
    """By the server's code and not by a name in the object's path."""
    expired = "status code: 400: <Code>ExpiredToken</Code>"
    assert "refused the credentials" in s3.diagnose(expired)[0]
    busy = "GET /bucket/NoSuchBucket/a.parquet: status code: 503: <Code>SlowDown</Code>"
    assert "asked for fewer requests" in s3.diagnose(busy)[0]
    assert "The bucket does not exist" in s3.diagnose("status code: 404: <Code>NoSuchBucket</Code>")[0]


def test_a_google_bucket_opens() -> None:
    """Same class, same errors; nothing is asked before the first use."""
    assert LandingStore.open("gs://landing/prefix", {"skip_signature": "true"}).url == "gs://landing/prefix"


def test_a_store_travels_to_another_process_and_hides_its_keys(world: World) -> None:
    """Used or not, it pickles; printed, it says where it is and nothing else."""
    world.write(KEY, b"x")
    listed = world.store.list_day("pipe_stats", DAY).objects

    again = pickle.loads(pickle.dumps(world.store))

    assert again.list_day("pipe_stats", DAY).objects == listed
    assert repr(again) == f"LandingStore(url='{world.store.url}')"


def test_dagsters_s3_resource_says_where_and_who(bucket: World) -> None:
    """Endpoint, region and keys of S3Resource, through boto3, also in another process."""
    from dagster_aws.s3 import S3Resource

    bucket.write(KEY, b"x")
    endpoint = bucket.store.options["endpoint"]
    resource = S3Resource(
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=bucket.store.options["access_key_id"],
        aws_secret_access_key=bucket.store.options["secret_access_key"],
    )

    access = s3.from_s3_resource(resource)
    store = LandingStore.open(bucket.store.url, access.options, access.credentials)

    assert access.options == {"region": "us-east-1", "endpoint": endpoint}
    assert store.list_day("pipe_stats", DAY).objects == bucket.store.list_day("pipe_stats", DAY).objects
    assert len(pickle.loads(pickle.dumps(store)).list_day("pipe_stats", DAY).objects) == 1
    assert bucket.store.options["secret_access_key"] not in f"{access} {store}"


def test_dagsters_s3_resource_may_stay_unsigned_and_on_aws() -> None:
    """AWS's own address is not an endpoint to insist on; an unsigned session asks for no keys."""
    from dagster_aws.s3 import S3Resource

    resource = S3Resource(region_name="eu-west-1", use_unsigned_session=True, verify=False)

    assert s3.from_s3_resource(resource) == (
        {"region": "eu-west-1", "verify": "false", "skip_signature": "true"},
        None,
    )
