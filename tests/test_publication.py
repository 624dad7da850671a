"""What a published edition promises to readers and to the operator, in a folder and in a bucket alike."""

import hashlib
import json
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.object_stores import EACH_SERVER, ObjectStore
from tests.published_editions import (
    NOW,
    PASSED,
    YEAR,
    Counted,
    Edition,
    listeners,
    publish,
    read_all,
    seen_by_a_new_reader,
)
from wrapped_assets.editions import CheckResult, Published, Publisher, catalog, object_keys, pointer
from wrapped_assets.editions.cache import Bounded
from wrapped_assets.editions.errors import (
    ChecksFailed,
    Damaged,
    FrozenEditionChanges,
    MaybeFrozen,
    NothingBefore,
    NotPublished,
    PromotedMeanwhile,
    PublicationRefused,
    SampleStays,
    StoreFailed,
    WrongDocuments,
)
from wrapped_assets.editions.index import sampled
from wrapped_assets.editions.store import Store
from wrapped_assets.editions.version import Caches

FAILED = CheckResult(asset="raw/plays", name="keys_are_unique", result="failed")
WARNING = CheckResult(asset="landing/plays", name="quarantine_is_empty", result="warning")


@pytest.fixture(params=["folder", *EACH_SERVER])
def store(
    request: pytest.FixtureRequest, started_store: Callable[[str], ObjectStore], tmp_path: Path
) -> Store:
    """An empty store."""
    if request.param == "folder":
        return Store((tmp_path / "published").as_uri())
    server = started_store(request.param)
    return Store(f"s3://{server.new_bucket()}/wrapped", server.options)


class Time:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


# ---- What readers find


def test_a_reader_finds_the_exact_bytes_of_each_subject(store: Store, tmp_path: Path) -> None:
    """By its name alone, with the hash of those bytes; and nothing for a subject that is not there."""
    documents = listeners(260)
    publish(store, documents)

    version = Published(store).current(YEAR)

    assert version is not None
    assert read_all(version) == documents
    for subject in (
        "listener-0260",
        "listener-",
        "",
        "listener-0001\tdocument",
        "listener-0001\n",
        "é",
        "x" * 500,
    ):
        assert version.document(subject) is None
    assert version.fetch_snapshot(tmp_path).read_bytes() == b"what the API answers from"


def test_nothing_is_read_before_it_is_promoted(store: Store) -> None:
    """A version that is written and complete is still nobody's business but the operator's."""
    Publisher(store).publish(Edition(listeners(3)).contents())

    assert Published(store).current(YEAR) is None
    assert Published(store).years() == []


def test_promote_and_rollback_move_between_whole_versions(store: Store, tmp_path: Path) -> None:
    """Forward, back, and back once more; every version stays as it was."""
    editions = [listeners(3, said) for said in ("one", "two", "three")]
    numbers = [publish(store, documents) for documents in editions]
    publisher = Publisher(store)

    assert numbers == [1, 2, 3]
    assert seen_by_a_new_reader(store, tmp_path) == (3, editions[2], b"what the API answers from")
    publisher.rollback(YEAR)
    assert seen_by_a_new_reader(store, tmp_path) == (2, editions[1], b"what the API answers from")
    publisher.rollback(YEAR)
    assert seen_by_a_new_reader(store, tmp_path) == (1, editions[0], b"what the API answers from")
    with pytest.raises(NothingBefore, match="Version 1 was the first one promoted"):
        publisher.rollback(YEAR)
    publisher.promote(YEAR, 3)
    publisher.rollback(YEAR)
    assert seen_by_a_new_reader(store, tmp_path) == (1, editions[0], b"what the API answers from")
    moves = [(move.why, move.number) for move in pointer.history(store, YEAR)]
    assert moves == [
        ("promote", 1),
        ("promote", 2),
        ("promote", 3),
        ("rollback", 2),
        ("rollback", 1),
        ("promote", 3),
        ("rollback", 1),
    ]


def test_old_years_stay_served_when_a_new_one_is_published(store: Store, tmp_path: Path) -> None:
    """Each year has its own pointer."""
    old, new = listeners(2, "old"), listeners(4, "new")
    publish(store, old, 2024)
    published = Published(store)
    assert published.current(2024) is not None
    publish(store, new, 2025)

    assert published.years() == [2024, 2025]
    for year, documents in ((2024, old), (2025, new)):
        version = published.current(year)
        assert version is not None and read_all(version) == documents
    assert published.current(2023) is None


def test_a_reader_notices_a_promotion_after_a_second_and_asks_no_more_often(store: Store) -> None:
    """Between two looks the answer costs nothing; a look at an unmoved pointer is one get."""
    counted, clock = Counted(store), Time()
    publish(store, listeners(2, "one"))
    published = Published(counted, clock=clock)
    assert [published.current(YEAR).number for _ in range(100)] == [1] * 100  # type: ignore[union-attr]
    first = len(counted.calls)

    publish(store, listeners(2, "two"))
    clock.now += 0.9
    assert published.current(YEAR).number == 1  # type: ignore[union-attr]
    assert len(counted.calls) == first
    clock.now += 0.2
    assert published.current(YEAR).number == 2  # type: ignore[union-attr]
    clock.now += 1
    before = len(counted.calls)
    assert published.current(YEAR).number == 2  # type: ignore[union-attr]
    assert counted.calls[before:] == [f"read {object_keys.promotion(YEAR, 3)}"]


def test_a_document_costs_two_small_gets_and_then_none(store: Store) -> None:
    """One piece of the index and the document; a neighbour in the piece costs one; who was asked for lately none."""
    documents = listeners(300)
    publish(store, documents)
    counted = Counted(store)
    version = Published(counted).current(YEAR)
    assert version is not None
    counted.calls.clear()

    for _ in range(3):
        assert version.document("listener-0042") is not None
    piece, document = counted.calls
    assert piece.startswith("read editions/2025/v1/index/") and document.endswith(".json")
    sizes = [size for name, size in store.sizes("editions/2025/v1") if name.startswith("index/")]
    assert len(sizes) == 16 and max(sizes) < 4_000


def test_what_a_process_holds_is_bounded(store: Store) -> None:
    """However many documents are asked for, each is right; the caches forget the oldest."""
    documents = listeners(300)
    publish(store, documents)
    version = Published(store, Caches(Bounded(5_000), Bounded(20_000))).current(YEAR)
    assert version is not None

    assert read_all(version) == documents
    assert read_all(version) == documents
    caches = version.caches
    assert 0 < caches.documents.bytes <= 5_000 and 0 < caches.pieces.bytes <= 20_000
    assert 0 < len(caches.documents) < 15


def test_readers_keep_what_they_know_while_the_store_is_away(store: Store) -> None:
    """And say what is wrong with it; a reader that knows nothing yet has to refuse."""
    publish(store, listeners(2))
    failing, clock = Counted(store), Time()
    published = Published(failing, clock=clock)
    assert published.current(YEAR) is not None and published.trouble is None

    failing.away = True
    clock.now += 10
    assert published.current(YEAR).number == 1  # type: ignore[union-attr]
    assert published.trouble is not None and "Could not answer" in published.trouble
    with pytest.raises(StoreFailed):
        Published(failing).current(YEAR)
    failing.away = False
    clock.now += 10
    assert published.current(YEAR) is not None and published.trouble is None


def test_readers_in_many_threads_see_one_version_or_the_other(store: Store) -> None:
    """While the pointer moves under them, over and over, no answer mixes two versions."""
    editions = {1: listeners(20, "one"), 2: listeners(20, "two")}
    for documents in editions.values():
        publish(store, documents)
    published, stop = Published(store, follow_seconds=0), threading.Event()

    def read() -> int:
        seen = 0
        while not stop.is_set() or not seen:
            version = published.current(YEAR)
            assert version is not None
            for subject, content in editions[version.number].items():
                found = version.document(subject)
                assert found is not None and found.content == content
            seen += 1
        return seen

    publisher = Publisher(store)
    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(read) for _ in range(4)]
        for number in (1, 2, 1, 2, 1):
            publisher.promote(YEAR, number)
        stop.set()
        assert all(reader.result() > 0 for reader in readers)


# ---- What is written


def test_the_manifest_says_what_there_is(store: Store) -> None:
    """Counts, checksums, how far it reaches, and how the checks ended; the marker names the manifest."""
    documents = listeners(3) | {"twin-1": b"{}", "twin-2": b"{}"}
    edition = Edition(documents, left_out=7, checks=(PASSED, WARNING))
    manifest = Publisher(store, lambda: NOW).publish(edition.contents()).manifest

    told = json.loads(store.read("editions/2025/v1/manifest.json") or b"")
    lines = sorted(
        f"{subject}\tdocument\t{hashlib.sha256(content).hexdigest()}\t{len(content)}\n"
        for subject, content in documents.items()
    )
    assert told == {
        "format": 1,
        "year": 2025,
        "number": 1,
        "made_at": "2026-01-02T03:04:05Z",
        "through": "2026-01-02T03:04:05Z",
        "generated_at": "2026-01-02T03:04:05Z",
        "frozen": False,
        "left_out": 7,
        "sample": False,
        "subjects": 5,
        "documents": {
            "count": 5,
            "objects": 4,
            "bytes": sum(map(len, documents.values())) - 2,
            "sha256": hashlib.sha256("".join(lines).encode()).hexdigest(),
        },
        "index": {"digits": 0, "bytes": sum(map(len, lines))},
        "snapshot": {"bytes": 25, "sha256": hashlib.sha256(b"what the API answers from").hexdigest()},
        "totals": {"bytes": sum(map(len, documents.values()))},
        "checks": [
            {"asset": "raw/plays", "name": "nothing_is_lost", "result": "passed"},
            {"asset": "landing/plays", "name": "quarantine_is_empty", "result": "warning"},
        ],
    }
    assert (
        store.read("editions/2025/v1/complete")
        == hashlib.sha256(manifest.to_bytes()).hexdigest().encode() + b"\n"
    )


def test_documents_are_named_by_their_content(store: Store) -> None:
    """A hash in the name is a hash of the bytes, in a folder by its first two digits."""
    publish(store, listeners(50))

    names = [name for name, _ in store.sizes("editions/2025/v1") if name.endswith(".json") and "/" in name]
    assert len(names) == 50
    for name in names:
        folder, _, file = name.partition("/")
        content = store.read(f"editions/2025/v1/{name}")
        assert content is not None
        assert file == f"{hashlib.sha256(content).hexdigest()}.json" and folder == file[:2]


def test_a_dry_run_is_the_same_hundredth_every_time_and_is_never_promoted(store: Store) -> None:
    """It makes only these documents, and says of how many subjects they are."""
    documents = listeners(1000)
    publish(store, listeners(2))
    runs = [Edition(documents), Edition(dict(reversed(documents.items())))]
    made = [Publisher(store).publish(run.contents(), sample=True).manifest for run in runs]

    assert runs[0].asked == runs[1].asked and 3 <= len(runs[0].asked[0]) <= 30
    assert made[0].documents == made[1].documents
    assert made[0].documents.count == len(runs[0].asked[0]) and made[0].subjects == 1000
    with pytest.raises(SampleStays, match=r"It is a dry run, with \d+ of 1,000 documents"):
        Publisher(store).promote(YEAR, made[1].number)
    assert Publisher(store).promote(YEAR).number == 1


def test_the_sample_of_few_subjects_is_one_of_them() -> None:
    """A dry run that shows nothing would be of no use. Others that come do not change who is in it."""
    assert len(sampled(listeners(5))) == 1
    assert sampled([]) == []
    few, more = set(sampled(listeners(2000))), set(sampled(listeners(4000)))
    assert few < more and {subject for subject in more if subject < "listener-2000"} == few


# ---- What is refused


def test_a_failed_check_keeps_a_version_from_being_promoted(store: Store) -> None:
    """The refusal names the check and what to do; a warning does not count."""
    Publisher(store).publish(Edition(listeners(2), checks=(PASSED, WARNING, FAILED)).contents())

    with pytest.raises(ChecksFailed) as refused:
        Publisher(store).promote(YEAR)
    told = str(refused.value)
    assert "failed 1 check: raw/plays keys_are_unique." in told
    assert "Next: `" in told and "check --year 2025` shows the broken rows" in told
    assert Published(store).current(YEAR) is None
    Publisher(store).publish(Edition(listeners(2), checks=(PASSED, WARNING)).contents())
    assert Publisher(store).promote(YEAR).number == 2


def test_what_is_not_there_cannot_be_promoted(store: Store) -> None:
    """A number nobody made, one left incomplete, a year of nothing: told with what there is."""
    with pytest.raises(NotPublished, match="Versions in .*: none"):
        Publisher(store).promote(YEAR)
    with pytest.raises(NothingBefore, match="Nothing was promoted yet"):
        Publisher(store).rollback(YEAR)
    Publisher(store).publish(Edition(listeners(2)).contents())
    store.write("editions/2025/v2/ab/half.json", b"half")

    for number in (2, 3):
        with pytest.raises(NotPublished, match=r": 2 \(left incomplete\), 1\."):
            Publisher(store).promote(YEAR, number)


def test_promoting_what_is_current_changes_nothing(store: Store) -> None:
    """Whoever is not sure whether it went through runs it again."""
    publish(store, listeners(2))
    assert Publisher(store).promote(YEAR) == Publisher(store).promote(YEAR)
    assert len(pointer.history(store, YEAR)) == 1


def test_of_two_who_promote_at_once_one_is_told(store: Store) -> None:
    """The pointer moved between looking and moving: the later one looks again instead of overruling."""
    publish(store, listeners(1, "one"))
    for said in ("two", "three"):
        Publisher(store).publish(Edition(listeners(1, said)).contents())
    slow = Counted(store)

    def overtake(call: str) -> None:
        if call == f"create {object_keys.promotion(YEAR, 2)}":
            slow.before_each = None
            Publisher(store).promote(YEAR, 3)

    slow.before_each = overtake
    with pytest.raises(PromotedMeanwhile, match="version 3 is current now"):
        Publisher(slow).promote(YEAR, 2)
    assert Published(store).current(YEAR).number == 3  # type: ignore[union-attr]


@pytest.mark.parametrize("damage", ["manifest.json", "complete"])
def test_a_version_whose_marker_or_manifest_was_changed_is_not_promoted(store: Store, damage: str) -> None:
    """Somebody wrote there behind our back."""
    Publisher(store).publish(Edition(listeners(2)).contents())
    key = f"editions/2025/v1/{damage}"
    # Every digit, as no single one is sure to stand in a checksum.
    other = (
        bytes.maketrans(b"0123456789abcdef", b"1234567890bcdefa")
        if damage == "complete"
        else bytes.maketrans(b"1", b"2")
    )
    store.write(key, (store.read(key) or b"").translate(other))

    with pytest.raises(Damaged, match="Version 1 of 2025 cannot be used"):
        Publisher(store).promote(YEAR, 1)


def damage(store: Store, number: int) -> None:
    """One byte of its manifest is another one."""
    key = f"editions/2025/v{number}/manifest.json"
    content = store.read(key) or b""
    store.write(key, content[:-3] + bytes([content[-3] ^ 1]) + content[-2:])


def test_a_damaged_version_hides_no_other_and_stops_no_publisher(store: Store) -> None:
    """It is told as damaged. The others are listed, promoted by their number, and followed by new ones."""
    for said in ("one", "two"):
        publish(store, listeners(3, said))
    Publisher(store).publish(Edition(listeners(3, "three")).contents())
    damage(store, 3)

    listed = list(catalog.versions(store, YEAR))
    assert [(each.number, each.version is not None) for each in listed] == [(3, False), (2, True), (1, True)]
    assert [each.damage is not None for each in listed] == [True, False, False]
    with pytest.raises(NotPublished, match=r"Versions in .*: 3 \(damaged\), 2, 1\."):
        Publisher(store).promote(YEAR, 9)
    with pytest.raises(Damaged, match="Version 3 of 2025 cannot be used") as told:
        Publisher(store).promote(YEAR)
    assert "promote --year Y --version N" in str(told.value)
    assert Publisher(store).promote(YEAR, 1).number == 1
    assert Publisher(store).publish(Edition(listeners(3, "four")).contents()).manifest.number == 4
    assert Publisher(store).promote(YEAR).number == 4


def test_a_damaged_version_in_the_way_back_is_gone_around(store: Store) -> None:
    """A rollback does not pass over it, but what its refusal says to do works."""
    for said in ("one", "two", "three"):
        publish(store, listeners(3, said))
    damage(store, 2)

    with pytest.raises(Damaged, match="promote a version that is whole"):
        Publisher(store).rollback(YEAR)
    assert Publisher(store).promote(YEAR, 1).number == 1


def test_a_damaged_version_that_may_be_the_frozen_edition_is_not_published_beside(store: Store) -> None:
    """Two versions of a frozen edition could differ. One that is followed by a live one was not frozen."""
    frozen = Edition(listeners(3), frozen=True)
    Publisher(store).publish(Edition(listeners(3, "early")).contents())
    damage(store, 1)

    with pytest.raises(MaybeFrozen, match="version 1 may hold it already") as told:
        Publisher(store).publish(frozen.contents())
    assert "put back editions/2025/v1" in str(told.value)
    Publisher(store).publish(frozen.contents(), sample=True)
    Publisher(store).publish(Edition(listeners(3, "live")).contents())
    assert Publisher(store).publish(frozen.contents()).made
    assert not Publisher(store).publish(frozen.contents()).made


def test_a_version_with_a_gap_is_neither_promoted_nor_rolled_back_to(tmp_path: Path) -> None:
    """A document was removed by hand, or by a rule of the bucket."""
    store = Store(tmp_path.as_uri())
    publish(store, listeners(3, "one"))
    publish(store, listeners(3, "two"))
    next((tmp_path / "editions" / "2025" / "v1").glob("??/*.json")).unlink()
    gap = r"It holds 4 objects with \d+ bytes; published were 5 with"

    with pytest.raises(Damaged, match=gap):
        Publisher(store).rollback(YEAR)
    with pytest.raises(Damaged, match=gap):
        Publisher(store).promote(YEAR, 1)
    assert Published(store).current(YEAR).number == 2  # type: ignore[union-attr]


@pytest.mark.parametrize("gone", ["index/all.tsv", "document", "serving.duckdb", "manifest.json"])
def test_a_reader_tells_damage_from_a_subject_that_is_unknown(tmp_path: Path, gone: str) -> None:
    """What the version should hold and does not is an error, and not "no such customer"; so are other bytes."""
    store = Store(tmp_path.as_uri())
    publish(store, {"ana": b'{"a":1}'})
    place = tmp_path / "editions" / "2025" / "v1"
    file = next(place.glob("??/*.json")) if gone == "document" else place / gone

    def use() -> None:
        version = Published(store).current(YEAR)
        assert version is not None
        version.document("ana")
        version.fetch_snapshot(tmp_path)

    use()
    if gone != "index/all.tsv":
        file.write_bytes(b'{"a":2}')
        with pytest.raises(Damaged, match="Version 1 of 2025"):
            use()
    file.unlink()
    with pytest.raises(Damaged, match="Version 1 of 2025"):
        use()


def test_a_manifest_that_was_changed_after_it_was_promoted_is_not_believed(tmp_path: Path) -> None:
    """It can still be read, and says something else; a reader that comes now refuses it."""
    store = Store(tmp_path.as_uri())
    publish(store, listeners(2))
    manifest = tmp_path / "editions" / "2025" / "v1" / "manifest.json"
    manifest.write_bytes(manifest.read_bytes().replace(b'"left_out": 0', b'"left_out": 1'))

    with pytest.raises(Damaged, match="is not the one that was completed and promoted"):
        Published(store).current(YEAR)


def test_readers_that_start_together_look_once(tmp_path: Path) -> None:
    """A worker's threads do not each ask a store that is slow to answer."""
    publish(Store(tmp_path.as_uri()), listeners(2))
    slow, together = Counted(Store(tmp_path.as_uri())), threading.Barrier(8)
    published = Published(slow, clock=Time())

    def look() -> int | None:
        together.wait()
        version = published.current(YEAR)
        return version.number if version else None

    with ThreadPoolExecutor(8) as pool:
        looks = [pool.submit(look) for _ in range(8)]
        assert [each.result() for each in looks] == [1] * 8
    assert len([call for call in slow.calls if call.startswith("names")]) == 1


@pytest.mark.parametrize(
    "made",
    [
        {"ana": b"1"},
        {"ana": b"1", "bo": b"2", "cy": b"3", "di": b"4"},
        {"ana": b"1", "bo": b"2", "di": b"4"},
    ],
)
def test_documents_that_were_not_announced_are_refused(store: Store, made: dict[str, bytes]) -> None:
    """One is missing, one too many, or another one: the version stays incomplete."""
    contents = Edition({"ana": b"1", "bo": b"2", "cy": b"3"}).contents()

    with pytest.raises(WrongDocuments, match="3 documents were announced"):
        Publisher(store).publish(replace(contents, documents=lambda subjects: made.items()))
    with pytest.raises(NotPublished):
        Publisher(store).promote(YEAR)


def test_a_stranger_in_the_folder_of_a_version_keeps_it_from_being_completed(store: Store) -> None:
    """What is there is what was written, or it is not complete."""
    busy = Counted(store)

    def meddle(call: str) -> None:
        if call.endswith("serving.duckdb"):
            store.write("editions/2025/v1/ab/stranger.json", b"{}")

    busy.before_each = meddle
    with pytest.raises(WrongDocuments, match="It holds"):
        Publisher(busy).publish(Edition(listeners(2)).contents())
    assert catalog.find(store, YEAR, 1) is None


def test_a_number_is_never_used_twice(store: Store) -> None:
    """Not that of a version left incomplete."""
    publish(store, listeners(1))
    failing = Counted(store)

    def fail(call: str) -> None:
        if call.endswith("serving.duckdb"):
            raise StoreFailed("write", store.url, "It is full.", "make room.")

    failing.before_each = fail
    with pytest.raises(StoreFailed):
        Publisher(failing).publish(Edition(listeners(1, "half")).contents())

    assert publish(store, listeners(1)) == 3
    assert [(each.number, each.version is not None) for each in catalog.versions(store, YEAR)] == [
        (3, True),
        (2, False),
        (1, True),
    ]


def test_the_number_of_a_removed_version_is_never_used_again(tmp_path: Path) -> None:
    """Caches and people may know it by that number for years."""
    store = Store((tmp_path / "published").as_uri())
    for said in ("first", "second"):
        publish(store, listeners(1, said))
    shutil.rmtree(tmp_path / "published" / object_keys.version(YEAR, 2))

    assert publish(store, listeners(1, "third")) == 3


def test_two_publishers_at_once_make_two_whole_versions(store: Store, tmp_path: Path) -> None:
    """Whoever is slower, and however their writes fall between each other."""
    editions = [listeners(40, f"by publisher {n}") for n in range(4)]
    together = threading.Barrier(4)

    def publish_one(documents: dict[str, bytes]) -> int:
        together.wait()
        return Publisher(store).publish(Edition(documents).contents()).manifest.number

    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(publish_one, editions))

    assert sorted(numbers) == [1, 2, 3, 4]
    for number, documents in zip(numbers, editions, strict=True):
        Publisher(store).promote(YEAR, number)
        assert seen_by_a_new_reader(store, tmp_path) == (number, documents, b"what the API answers from")


# ---- Frozen editions


def test_a_frozen_edition_is_published_once_and_is_the_same_for_ever(store: Store) -> None:
    """Publishing it again writes nothing and says which version holds it, however many late rows there are by then."""
    frozen = Edition(listeners(5), frozen=True, left_out=2)
    first = Publisher(store).publish(frozen.contents())
    held = sorted(store.sizes("editions/2025"))

    again = Publisher(store).publish(replace(frozen, left_out=9).contents())

    assert first.made and not again.made
    assert again.manifest == first.manifest and again.manifest.left_out == 2
    assert sorted(store.sizes("editions/2025")) == held


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (
            Edition(listeners(5, "observed"), frozen=True),
            "5 documents are other ones, the first is that of listener-0000",
        ),
        (Edition(listeners(4), frozen=True), "it has 4 documents instead of 5"),
        (
            Edition(listeners(6), frozen=True),
            "1 documents are other ones, the first is that of listener-0005",
        ),
        (Edition(listeners(5)), "the edition is not frozen there"),
    ],
)
def test_a_frozen_edition_that_would_change_is_refused(store: Store, changed: Edition, told: str) -> None:
    """The warehouse was built anew, with the late rows or without the record of the freeze."""
    Publisher(store).publish(Edition(listeners(5, "early")).contents())
    Publisher(store).publish(Edition(listeners(5), frozen=True).contents())

    with pytest.raises(FrozenEditionChanges, match=told) as refused:
        Publisher(store).publish(changed.contents())
    assert "version 2 holds it" in str(refused.value)
    assert [each.number for each in catalog.versions(store, YEAR)] == [2, 1]


def test_a_dry_run_does_not_freeze(store: Store) -> None:
    """It is of a hundredth; what it saw may still be published whole."""
    Publisher(store).publish(Edition(listeners(5), frozen=True).contents(), sample=True)

    assert Publisher(store).publish(Edition(listeners(5, "other"), frozen=True).contents()).made


# ---- Errors


def test_every_refusal_says_what_failed_what_was_seen_and_what_to_do(tmp_path: Path) -> None:
    """Three sentences, and none holds a password."""
    taken = tmp_path / "taken"
    taken.touch()
    store = Store((taken / "below").as_uri())
    with pytest.raises(StoreFailed) as refused:
        Publisher(store).publish(Edition(listeners(1)).contents())
    lines = str(refused.value).splitlines()
    assert lines[0].startswith("Could not ") and lines[1] == "  The folder is not there."
    assert lines[2] == "  Next: mount or create it, or correct WRAPPED_PUBLISHED_URL."
    for url in ("s3://me:hunter2@bucket/x", "file:///", "http://x/y", "s3://bucket?token=hunter2"):
        with pytest.raises(PublicationRefused, match="Its URL cannot be used") as told:
            Store(url)
        assert "hunter2" not in str(told.value)


def test_a_bucket_that_is_not_there_or_does_not_answer_is_told(object_store: ObjectStore) -> None:
    """With the setting to correct, and without what the server said of keys."""
    store = Store("s3://no-such-bucket/x", object_store.options)
    for attempt in (
        lambda: Published(store).current(YEAR),
        lambda: Publisher(store).promote(YEAR),
        lambda: store.read("x"),
    ):
        with pytest.raises(StoreFailed, match="The bucket does not exist") as refused:
            attempt()
        assert "WRAPPED_PUBLISHED_URL" in str(refused.value) and object_store.secret not in str(refused.value)
