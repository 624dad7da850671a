"""Where the files of an export lie in landing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from tests.regional import embedded
from wrapped_assets.assets.regional_exports import export_windows
from wrapped_assets.landing.store import LandingStore
from wrapped_assets.regions.database import Exported

DAY = date(2025, 1, 2)
MIDNIGHT = datetime(2025, 1, 2, tzinfo=UTC)


@dataclass(frozen=True)
class InTwoParts:
    """A regional database whose days come in two files."""

    region: str

    def export(
        self, family: str, start: datetime, end: datetime, exported_at: datetime, folder: Path
    ) -> Iterator[Exported]:
        """One day of seven rows."""
        paths = [folder / "data_0.parquet", folder / "data_1.parquet"]
        for path in paths:
            path.write_bytes(b"x")
        yield Exported(DAY, paths, 7)

    def holds_rows(self, start: datetime, end: datetime) -> bool:
        """Not asked for here."""
        raise NotImplementedError

    def snapshot(self, dimension: str, exported_at: datetime, path: Path) -> int:
        """Not asked for here."""
        raise NotImplementedError


def test_every_part_of_an_export_lies_in_its_regions_folder(tmp_path: Path) -> None:
    """Also when the region's name ends as a file's does; its rows are counted once."""
    store = LandingStore.open((tmp_path / "landing").as_uri())
    window = (MIDNIGHT, MIDNIGHT + timedelta(hours=1))

    wrote = export_windows(InTwoParts("x.parquet"), store, "pipe_stats", [window], window[1])

    name = "20250102T000000Z-20250102T010000Z.exported-20250102T010000000Z"
    folder = "pipe_stats/dt=2025-01-02/region=x.parquet"
    assert wrote == {f"{folder}/{name}.parquet": 7, f"{folder}/{name}.1.parquet": 0}
    assert {item.key for item in store.list_day("pipe_stats", DAY).objects} == wrote.keys()


@pytest.mark.parametrize("kind", ["timestamp", "timestamptz", "timestamp_ns", "timestamptz_ns"])
def test_the_last_instant_of_a_day_is_exported_with_that_day(kind: str, tmp_path: Path) -> None:
    """Of whatever type the region's own column is: nanoseconds are cut, never rounded to the next day."""
    file, fraction = tmp_path / "eu.duckdb", "9999999" if kind.endswith("ns") else "999999"
    with duckdb.connect(str(file)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(
            f"create table storage as select cast('2025-01-02 23:59:59.{fraction}' as {kind}) as timestamp,"
            " 'o' as organization_id, 'w' as workspace_id, 'd' as datasource_id, 'D' as datasource_name,"
            " 1::ubigint as bytes, 1::ubigint as rows, 0::ubigint as bytes_quarantine, 0::ubigint as rows_quarantine"
        )
    region, end = embedded(file), MIDNIGHT + timedelta(days=2)

    exported = list(region.export("storage", MIDNIGHT, end, end, tmp_path / "out"))

    assert [(each.day, each.rows, [path.parent.name for path in each.paths]) for each in exported] == [
        (DAY, 1, ["dt=2025-01-02"])
    ]
