"""The same pipeline from a bucket: settings, Dagster's S3 configuration, spooled files, exactly once."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from tests import oracle
from tests.landing_files import content
from tests.worlds import make_world
from wrapped_assets.families import DIMENSIONS, FAMILIES
from wrapped_assets.importing import fetching, import_days, import_dimension
from wrapped_assets.periods import LEVELS, Span
from wrapped_assets.resources.open import open_landing, open_warehouse
from wrapped_assets.settings import Settings
from wrapped_assets.summaries import document

SECRET = b"a secret of at least 32 bytes, ok!!"
DAYS = Span(date(2024, 1, 1), date(2026, 5, 1))
NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def s3_server() -> Iterator[str]:
    """An S3 server of this module's own."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def test_a_bucket_gives_the_same_summaries_as_a_folder(
    s3_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every file version is imported once from `s3://`, read again for the merge, and none twice."""
    import boto3

    for name, value in (
        ("ACCESS_KEY_ID", "test"),
        ("SECRET_ACCESS_KEY", "test"),
        ("DEFAULT_REGION", "us-east-1"),
    ):
        monkeypatch.setenv(f"AWS_{name}", value)
    bucket = f"landing-{uuid4().hex}"
    client = boto3.client("s3", endpoint_url=s3_server)
    client.create_bucket(Bucket=bucket)
    files = make_world(seed=5, size=60)
    settings = Settings.load(
        {
            "WRAPPED_HOME": str(tmp_path),
            "WRAPPED_LANDING_URL": f"s3://{bucket}/logs",
            "WRAPPED_S3_ENDPOINT_URL": s3_server,
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
            for level in LEVELS.values():
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
