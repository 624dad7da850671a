"""The same pipeline from a bucket: settings, Dagster's S3 configuration, spooled files, exactly once."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests import oracle
from tests.landing_files import LandingFile, content, files_of, operation, organization, request
from tests.object_stores import ObjectStore
from tests.pipeline import Pipeline, Run, differs_from_oracle
from tests.worlds import make_world
from wrapped_assets.assets.importing import fetching, import_days, import_dimension
from wrapped_assets.periods import Span
from wrapped_assets.products import DIMENSIONS, FAMILIES
from wrapped_assets.products.usage.document import document
from wrapped_assets.resources.open import open_landing, open_warehouse
from wrapped_assets.settings import Settings

pytestmark = pytest.mark.proof

SECRET = b"a secret of at least 32 bytes, ok!!"
DAYS = Span(date(2024, 1, 1), date(2026, 5, 1))
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def test_a_bucket_gives_the_same_summaries_as_a_folder(
    object_store: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every file version is imported once from `s3://`, read again for the merge, and none twice."""
    environment = object_store.environment
    for name in environment:
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, environment[name])
    bucket, client = object_store.new_bucket(), object_store.client()
    files = make_world(seed=5, size=60)
    settings = Settings.load(
        {
            "WRAPPED_HOME": str(tmp_path),
            "WRAPPED_LANDING_URL": f"s3://{bucket}/logs",
            **environment,
        }
    )
    for half in (files[::2], files[1::2]):
        for file in half:
            client.put_object(Bucket=bucket, Key=f"logs/{file.key}", Body=content(file))
        imported = _follow(settings)
        assert imported == len(half)
    assert _follow(settings) == 0

    with open_warehouse(settings).reading() as reader:
        for year in (2024, 2025):
            edition = reader.edition(year)
            expected = oracle.truth(files, SECRET, year)
            assert edition is not None or not expected
            if edition is not None:
                made = {
                    row["wrapped_id"]: json.loads(document(row, edition).to_json())
                    for row in reader.facts(year)
                }
                assert made == expected


def test_overlapping_late_and_corrected_files_in_any_order_equal_the_oracle(
    object_store: ObjectStore, tmp_path: Path
) -> None:
    """Listed in S3's order or in another, in three imports: every table and document is as the oracle says."""
    march = {"at": "2025-03-01T10:00:00", "region": "eu"}
    first = files_of(request("org-1", **march), request("org-2", **march), organization("org-1"), name="a")
    # S3 has `-` before `/`, so eu-west comes before eu; a server that walks through folders does not.
    overlapping = files_of(
        request("org-1", **march),
        request("org-1", at="2025-03-01T10:10:00", region="eu-west"),
        operation("org-2", at="2025-03-01T10:00:00", region="eu-west"),
        name="b",
    )
    late = files_of(
        request("org-3", at="2024-12-31T23:59:59.999", region="eu-west"),
        request("org-1", **march, error=1, exported_at="2025-04-01"),
        name="late",
    )
    bucket, store = (name := object_store.new_bucket()), object_store.landing(name)
    with Pipeline(tmp_path).warehouse.writing() as writer:
        run, landed = Run(writer, store), []
        for files in (first, overlapping, [*late, corrected(first[0])]):
            object_store.write(bucket, {file.key: content(file) for file in files})
            landed += files
            run.follow()
        truth = list({file.key: file for file in landed}.values())
        assert differs_from_oracle(run, truth) == {}
        assert run.import_family("pipe_stats").report.files == 0

    listed = [item.key for page in store.pages("pipe_stats") for item in page.objects]
    assert len(listed) == len(set(listed)) == 5
    # Were SeaweedFS to list in order one day, this would no longer show that nothing depends on it.
    assert (listed == sorted(listed)) == (object_store.name == "moto")


def corrected(file: LandingFile) -> LandingFile:
    """The object rewritten in place, against the contract: other rows, another etag."""
    return replace(file, rows=[row | {"read_bytes": 77} for row in file.rows])


def _follow(settings: Settings) -> int:
    """Import what is new and bring every layer up to date; returns how many files were new."""
    store = open_landing(settings)
    files = 0
    with open_warehouse(settings).writing() as writer:
        for family in FAMILIES:
            done = import_days(writer, store, family, DAYS, NOW, _quiet)
            assert not done.unread
            files += done.report.files
            writer.refresh_raw(family, DAYS, fetching(store), False, _quiet)
            for level in FAMILIES[family].levels:
                writer.refresh_rollup(level.name, family, level.covering(DAYS), False, _quiet)
        for name in DIMENSIONS:
            files += import_dimension(writer, store, name, NOW).report.files
            writer.refresh_dimension(name, fetching(store), False, _quiet)
        writer.refresh_identities(SECRET, False)
        for year in (2024, 2025):
            writer.refresh_summaries(year, False, NOW, None)
    return files


def _quiet(label: str, done: int, total: int) -> None:
    """Progress that nobody watches."""
