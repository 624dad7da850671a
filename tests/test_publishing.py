"""Publishing as its people do it: from the terminal and from Dagster, out of both engines, with what late rows and checks say."""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from tests.built_world import YEAR, BuiltWorld
from tests.landing_files import files_of, reading, request, write
from tests.pipeline import Pipeline, Run
from wrapped_assets.assets.publishing import NothingToPublish, edition_of
from wrapped_assets.editions import CheckResult, Contents, Published, Publisher, Version
from wrapped_assets.editions.errors import FrozenEditionChanges
from wrapped_assets.editions.store import Store
from wrapped_assets.products.usage.document import Summary, document
from wrapped_assets.resources.duckdb import DuckDBWarehouse
from wrapped_assets.settings import Settings

pytestmark = pytest.mark.proof

FREEZE, AFTER = datetime(2026, 1, 7, tzinfo=UTC), datetime(2026, 1, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def published(built_world: BuiltWorld, tmp_path_factory: pytest.TempPathFactory) -> BuiltWorld:
    """The world, with a dry run, and its edition published and promoted; never change it, take a twin."""
    world = built_world.twin(tmp_path_factory.mktemp("publishing") / "home")
    dry = world.wrapped("publish", "--year", str(YEAR), "--sample")
    assert (dry.returncode, dry.stderr) == (0, "")
    assert "Published version 1 of 2025: 1 of 28 documents" in dry.stdout
    assert "A dry run is never promoted" in dry.stdout
    done = world.wrapped("publish", "--year", str(YEAR))
    assert (done.returncode, done.stderr) == (0, "")
    assert "Published version 2 of 2025: 28 documents, " in done.stdout
    assert "promote --year 2025 --version 2`" in done.stdout
    assert current(world) is None
    moved = world.wrapped("promote", "--year", str(YEAR))
    assert (moved.returncode, moved.stderr) == (0, "")
    assert moved.stdout.startswith("Version 2 of 2025 is current now (28 documents, through 2025-02-")
    return world


def current(world: BuiltWorld, year: int = YEAR) -> Version | None:
    """What readers of this world see."""
    return Published(Store((world.home / "published").as_uri())).current(year)


def documents_of(version: Version) -> dict[str, bytes]:
    """All of them, by subject."""
    found = {entry.subject: version.document(entry.subject) for entry in version.entries()}
    return {subject: each.content for subject, each in found.items() if each}


# ---- What is published


def test_what_is_published_is_each_customers_document_byte_for_byte(published: BuiltWorld) -> None:
    """And of every customer: what `wrapped summary --format json` prints, without the identity of whom it is about."""
    version = current(published)
    assert version is not None
    with DuckDBWarehouse(published.warehouse).reading() as reader:
        edition = reader.edition(YEAR)
        assert edition is not None
        expected = {
            row["wrapped_id"]: document(row, edition).published().to_json() for row in reader.facts(YEAR)
        }
    assert documents_of(version) == expected
    assert not [
        subject
        for subject, content in expected.items()
        if subject.encode() in content or b"wrapped_id" in content
    ]
    assert version.manifest.totals["customers"] == len(expected)
    assert version.manifest.through == edition.through


IDS = {
    "main.wrapped_organizations": ["organization_id", "customer_id"],
    "dimensions.organizations": ["organization_id", "customer_id"],
    "dimensions.workspaces": ["workspace_id", "organization_id"],
    "raw.pipe_stats": ["organization_id", "workspace_id", "pipe_id", "request_id"],
    "raw.ingestion": ["organization_id", "workspace_id", "datasource_id", "operation_id"],
    "raw.storage": ["organization_id", "workspace_id", "datasource_id"],
}


def test_nothing_internal_is_in_what_the_world_can_see(published: BuiltWorld) -> None:
    """No id of an organization, customer, workspace, pipe, data source, request or operation, nor a place; in no name either.

    The serving snapshot is left out: it holds ids so that late files can be joined, and nobody but the API reads it.
    """
    with duckdb.connect(str(published.warehouse), read_only=True) as con:
        internal = {
            str(value).encode()
            for table, columns in IDS.items()
            for column in columns
            for (value,) in con.execute(
                f"select distinct {column} from {table} where {column} is not null"
            ).fetchall()
        }
    internal |= {str(published.home).encode(), b"duckdb:", b"organization_id", b"workspace_id", b"@"}
    assert len(internal) > 3000
    files = [path for path in (published.home / "published").rglob("*") if path.is_file()]
    public = [path for path in files if path.name != "serving.duckdb"]
    assert len(public) > 30
    for path in public:
        content, name = path.read_bytes(), str(path.relative_to(published.home)).encode()
        assert [text for text in internal if len(text) > 3 and (text in content or text in name)] == [], path


def test_the_manifest_keeps_how_every_check_ended(published: BuiltWorld) -> None:
    """All that `wrapped check` runs, and that no request was lost on the way; what is in quarantine is a warning."""
    from wrapped_assets.resources.checks import CHECKS

    version = current(published)
    assert version is not None
    results = {str(check): check.result for check in version.manifest.checks}
    expected = {f"{'/'.join(check.asset)} {check.name}" for check in CHECKS}
    assert results.keys() == expected | {"wrapped_publication documents_hold_every_request"}
    assert results["landing/pipe_stats quarantine_is_empty"] == "warning"
    assert {result for name, result in results.items() if "quarantine" not in name} == {"passed"}


def test_the_serving_snapshot_of_a_version_can_be_opened(published: BuiltWorld, tmp_path: Path) -> None:
    """It is the file that the manifest names, with the year's organizations in it."""
    version = current(published)
    assert version is not None
    with duckdb.connect(str(version.fetch_snapshot(tmp_path)), read_only=True) as con:
        assert con.execute("select count(*) > 0 from duckdb_tables()").fetchall() == [(True,)]


def test_versions_lists_what_there_is(published: BuiltWorld) -> None:
    """The newest first, with what readers see and what is a dry run."""
    told = published.wrapped("versions", "--year", str(YEAR))
    assert told.returncode == 0
    newest, dry = [line.split("│")[1:-1] for line in told.stdout.splitlines() if line.startswith("│")]
    assert [cell.strip() for cell in (newest[0], *newest[2:])] == ["2", "28", "current"]
    assert [cell.strip() for cell in (dry[0], *dry[2:])] == ["1", "1", "dry run, of 28"]
    assert max(map(len, told.stdout.splitlines())) <= 80
    none = published.wrapped("versions", "--year", "2024")
    assert "holds no version of 2024: `" in none.stdout


def test_a_damaged_version_is_listed_as_such_beside_the_others(published: BuiltWorld, tmp_path: Path) -> None:
    """The current one too; what to do about it can then be done."""
    world = published.twin(tmp_path / "home")
    manifest = world.home / "published" / "editions" / str(YEAR) / "v2" / "manifest.json"
    whole = manifest.read_bytes()
    manifest.unlink()  # the twin may share the file with its world
    manifest.write_bytes(whole.replace(b"passed", b"parsed"))
    told = world.wrapped("versions", "--year", str(YEAR))

    assert told.returncode == 0, told.stderr
    assert "current; damaged: " in told.stdout and "dry run, of 28" in told.stdout


def test_the_pointer_moves_and_says_where_to(published: BuiltWorld, tmp_path: Path) -> None:
    """Repeating a promotion does nothing; a rollback says what was current; too far is told."""
    world = published.twin(tmp_path / "home")
    again = world.wrapped("promote", "--year", str(YEAR))
    assert again.stdout.startswith("Nothing to do: version 2 of 2025 is current since ")
    assert world.wrapped("publish", "--year", str(YEAR)).returncode == 0
    moved = world.wrapped("promote", "--year", str(YEAR), "--version", "3")
    assert moved.stdout.rstrip().endswith("; it was version 2.")
    back = world.wrapped("rollback", "--year", str(YEAR))
    assert back.stdout.startswith("Version 2 of 2025 is current now")
    assert back.stdout.rstrip().endswith("; it was version 3.")
    too_far = world.wrapped("rollback", "--year", str(YEAR))
    assert too_far.returncode == 2 and "Version 2 was the first one promoted." in too_far.stderr
    for number, told in (
        ("1", "It is a dry run, with 1 of 28 documents."),
        ("9", "There is no version 9 of 2025."),
    ):
        refused = world.wrapped("promote", "--year", str(YEAR), "--version", number)
        assert refused.returncode == 2 and told in refused.stderr and "  Next: `" in refused.stderr


def test_a_broken_rule_keeps_readers_with_what_they_had(published: BuiltWorld, tmp_path: Path) -> None:
    """A row is gone from raw. The version is made, says which check failed, and cannot be promoted."""
    world = published.twin(tmp_path / "home")
    with duckdb.connect(str(world.warehouse)) as con:
        con.execute("delete from raw.storage where rowid = (select min(rowid) from raw.storage)")

    done = world.wrapped("publish", "--year", str(YEAR))
    assert done.returncode == 0
    assert "It cannot be promoted; these checks failed: raw/storage nothing_is_lost" in done.stdout
    refused = world.wrapped("promote", "--year", str(YEAR))
    assert refused.returncode == 2
    assert "Version 3 of 2025 was not promoted." in refused.stderr
    assert "raw/storage nothing_is_lost" in refused.stderr
    assert "check --year 2025` shows the broken rows, docs/operations.md#checks what to do" in refused.stderr
    version = current(world)
    assert version is not None and version.number == 2


# ---- In Dagster


def test_an_operator_sees_the_version_in_dagster(
    published: BuiltWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its number, what to do next, the totals, a document, and the checks of the other assets as they ended."""
    monkeypatch.setenv("DAGSTER_HOME", str(published.home / "dagster"))
    with dg.DagsterInstance.from_config(str(published.home / "dagster")) as instance:
        key = dg.AssetKey("wrapped_publication")
        records = instance.fetch_materializations(
            dg.AssetRecordsFilter(key, asset_partitions=[str(YEAR)]), limit=5
        ).records
        metadata = records[0].asset_materialization.metadata  # type: ignore[union-attr]
        checked = instance.event_log_storage.get_latest_asset_check_execution_by_key(
            [dg.AssetCheckKey(dg.AssetKey(["raw", "pipe_stats"]), "nothing_is_lost")]
        )
    assert len(records) == 2
    values = {name: entry.value for name, entry in metadata.items()}
    assert (values["version"], values["dry_run"], values["frozen"], values["late_rows_left_out"]) == (
        2,
        False,
        False,
        0,
    )
    assert values["dagster/partition_row_count"] == values["customers_of_the_edition"] == 28
    assert str(values["promote_with"]).endswith("promote --year 2025 --version 2")
    assert str(values["dagster/uri"]).endswith("/published/editions/2025/v2")
    assert '"requests":' in str(values["first_document"])
    assert "| requests |" in str(
        values["totals"]
    ) and "| landing/pipe\\_stats quarantine\\_is\\_empty | warning |" in str(values["checks"])
    (record,) = checked.values()
    assert record.status.value == "SUCCEEDED"


# ---- Late rows, frozen editions


def test_a_frozen_edition_stays_as_it_was_published_and_late_rows_are_told(
    published: BuiltWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the terminal, in Dagster and in what is published; and nothing is written a second time."""
    landing = tmp_path / "landing"
    shutil.copytree(published.landing, landing, copy_function=os.link)
    frozen = published.twin(tmp_path / "home")
    frozen = BuiltWorld(frozen.home, landing, {"WRAPPED_FROZEN_EDITIONS": str(YEAR)})
    assert frozen.wrapped("build", "--year", str(YEAR)).returncode == 0
    assert frozen.wrapped("publish", "--year", str(YEAR)).returncode == 0
    assert frozen.wrapped("promote", "--year", str(YEAR)).stdout.startswith(
        "Version 3 of 2025 is current now"
    )
    version = current(frozen)
    assert version is not None and version.manifest.frozen and version.manifest.left_out == 0
    before = documents_of(version)

    late = files_of(*(request("org-late", id=f"late-{n}", at="2025-02-01") for n in range(3)), name="late")
    for file in late:
        write(landing, file)
    assert frozen.wrapped("build", "--year", str(YEAR)).returncode == 0
    again = frozen.wrapped("publish", "--year", str(YEAR))

    assert again.returncode == 0, again.stderr
    assert (
        "Nothing to do: the 2025 edition is frozen, and version 3 holds it, document by document"
        in again.stdout
    )
    assert "The edition is frozen: 3 late rows left out." in again.stdout
    now = current(frozen)
    assert now is not None and now.number == 3 and documents_of(now) == before
    assert sorted(path.name for path in (frozen.home / "published" / "editions" / str(YEAR)).iterdir()) == [
        "v1",
        "v2",
        "v3",
    ]
    monkeypatch.setenv("DAGSTER_HOME", str(frozen.home / "dagster"))
    with dg.DagsterInstance.from_config(str(frozen.home / "dagster")) as instance:
        (record,) = instance.fetch_materializations(dg.AssetKey("wrapped_publication"), limit=1).records
    metadata = record.asset_materialization.metadata  # type: ignore[union-attr]
    assert (metadata["late_rows_left_out"].value, metadata["already_published"].value) == (3, True)


NO_CHECKS: list[CheckResult] = []


def contents(run: Run, year: int = YEAR, sample: bool = False) -> Contents:
    """What there is to publish, without the checks."""
    return edition_of(run.writer, year, sample, lambda: NO_CHECKS)


def test_both_engines_publish_the_same_bytes(pipeline: Pipeline, tmp_path: Path) -> None:
    """However many customers a piece holds; a customer without requests is published as well."""
    events = [request(f"org-{n}", id=f"{n}-{m}") for n in range(5) for m in range(n)]
    pipeline.build(*files_of(*events), *files_of(reading("quiet")))
    store = Store((tmp_path / "published").as_uri())
    with pipeline.open() as run:
        manifest = Publisher(store).publish(contents(run)).manifest
        Publisher(store).promote(YEAR)
        whole = run.documents(YEAR)
    expected = {
        subject: Summary.model_validate_json(content).published().to_json()
        for subject, content in whole.items()
    }
    version = Published(store).current(YEAR)
    assert version is not None and documents_of(version) == expected and len(expected) == 5
    assert manifest.totals["requests"] == 10 and manifest.totals["customers"] == 5
    assert manifest.snapshot is not None
    assert [check.result for check in manifest.checks] == ["passed"]


def test_an_edition_frozen_before_it_was_published_says_what_it_leaves_out(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    """In its manifest. It has no serving snapshot: the rollups hold the late rows, and its documents do not."""
    pipeline.build(*files_of(request(id="a", at="2025-03-01"), name="a"))
    store = Store((tmp_path / "published").as_uri())
    with pipeline.open() as run:
        run.summaries(YEAR, now=AFTER, freeze_at=FREEZE)
        pipeline.land(*files_of(request(id="b", at="2025-03-02"), request(id="c", at="2025-03-02"), name="b"))
        run.import_everything()
        run.layers()
        run.summaries(YEAR, now=AFTER, freeze_at=FREEZE)
        manifest = Publisher(store).publish(contents(run)).manifest
    assert (manifest.frozen, manifest.left_out, manifest.snapshot, manifest.totals["requests"]) == (
        True,
        2,
        None,
        1,
    )
    assert Publisher(store).promote(YEAR).number == 1
    version = Published(store).current(YEAR)
    assert version is not None and not version.has_snapshot


def test_a_frozen_edition_that_was_built_anew_with_its_late_rows_is_refused(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    """The warehouse was lost and with it the record of the freeze; what was published is still there, and stays."""
    files = files_of(request(id="a", at="2025-03-01"), name="a")
    late = files_of(request(id="b", at="2025-03-02"), name="b")
    store = Store((tmp_path / "published").as_uri())
    pipeline.build(*files)
    with pipeline.open() as run:
        run.summaries(YEAR, now=AFTER, freeze_at=FREEZE)
        Publisher(store).publish(contents(run))
    anew = Pipeline(tmp_path / "anew", engine=pipeline.engine)
    anew.build(*files, *late)
    with anew.open() as run:
        with pytest.raises(FrozenEditionChanges, match="the edition is not frozen there"):
            Publisher(store).publish(contents(run))
        run.summaries(YEAR, now=AFTER, freeze_at=FREEZE)
        with pytest.raises(FrozenEditionChanges, match="1 documents are other ones"):
            Publisher(store).publish(contents(run))


def test_what_was_never_summarized_cannot_be_published(pipeline: Pipeline) -> None:
    """Told with the years that were."""
    pipeline.build(*files_of(request(at="2025-03-01")))
    with pipeline.open() as run, pytest.raises(NothingToPublish, match="Editions built so far: 2025"):
        contents(run, 2023)


def test_totals_are_exact_beyond_what_64_bits_hold(pipeline: Pipeline, tmp_path: Path) -> None:
    """The largest counters, added up over customers, in the manifest as they are."""
    largest = 2**64 - 1
    pipeline.build(*files_of(*(request(f"org-{n}", read_bytes=largest) for n in range(3))))
    store = Store((tmp_path / "published").as_uri())
    with pipeline.open() as run:
        Publisher(store).publish(contents(run))
    assert Publisher(store).version(YEAR, 1).manifest.totals["bytes_read"] == 3 * largest


def test_the_published_store_is_named_by_its_setting(tmp_path: Path) -> None:
    """Beside the landing folder unless it is told otherwise; a scheme that is none of ours is refused."""
    assert Settings.load({"WRAPPED_HOME": str(tmp_path)}).published_url == (tmp_path / "published").as_uri()
    given = Settings.load({"WRAPPED_PUBLISHED_URL": "s3://bucket/wrapped"})
    assert given.published_url == "s3://bucket/wrapped"
