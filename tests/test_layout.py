"""What the landing layout promises: one spelling for each place, and no reading of writers' leftovers."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from wrapped_assets.landing import layout
from wrapped_assets.landing.layout import DayPlace, DimensionPlace

DAY = date(2025, 1, 2)
MIDNIGHT = datetime(2025, 1, 2, tzinfo=UTC)
EXPORTED = datetime(2025, 1, 3, 0, 5, 12, 123456, tzinfo=UTC)


def test_a_day_has_one_folder() -> None:
    """A family's day lies in `dt=YYYY-MM-DD`."""
    assert layout.day_prefix("pipe_stats", DAY) == "pipe_stats/dt=2025-01-02/"
    assert layout.dimension_prefix("organizations") == "organizations/"


def test_an_export_is_named_by_its_window_and_its_making() -> None:
    """The name says, in UTC, what was exported and when."""
    key = layout.export_key("pipe_stats", "aws-eu-west-1", MIDNIGHT, MIDNIGHT + timedelta(days=1), EXPORTED)

    assert key == (
        "pipe_stats/dt=2025-01-02/region=aws-eu-west-1/"
        "20250102T000000Z-20250103T000000Z.exported-20250103T000512123Z.parquet"
    )
    assert layout.parse(key) == DayPlace("pipe_stats", DAY, "aws-eu-west-1")


def test_a_snapshot_is_named_by_its_making() -> None:
    """Dimensions have no day, only a region."""
    key = layout.dimension_key("organizations", "gcp-europe-west2", EXPORTED)

    assert key == "organizations/region=gcp-europe-west2/snapshot.exported-20250103T000512123Z.parquet"
    assert layout.parse(key) == DimensionPlace("organizations", "gcp-europe-west2")


def test_times_of_other_zones_are_written_in_utc() -> None:
    """One o'clock in Madrid's winter is midnight here."""
    madrid = timezone(timedelta(hours=1))
    start = datetime(2025, 1, 2, 1, tzinfo=madrid)

    key = layout.export_key(
        "storage", "eu", start, start + timedelta(minutes=30), EXPORTED.astimezone(madrid)
    )

    assert key.endswith("20250102T000000Z-20250102T003000Z.exported-20250103T000512123Z.parquet")


def test_export_names_sort_by_window_then_by_making() -> None:
    """Reading a day's folder by name is reading its history."""
    starts = [MIDNIGHT + timedelta(minutes=10 * n) for n in range(144)]
    keys = [
        layout.export_key("storage", "eu", start, start + timedelta(minutes=10), made)
        for start in starts
        for made in (EXPORTED, EXPORTED + timedelta(milliseconds=1), EXPORTED + timedelta(days=300))
    ]

    assert keys == sorted(keys)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (MIDNIGHT, MIDNIGHT),
        (MIDNIGHT + timedelta(hours=1), MIDNIGHT),
        (MIDNIGHT, MIDNIGHT + timedelta(days=1, seconds=1)),
        (MIDNIGHT - timedelta(minutes=5), MIDNIGHT + timedelta(minutes=5)),
        (MIDNIGHT, MIDNIGHT + timedelta(milliseconds=1)),
        (MIDNIGHT.replace(tzinfo=None), (MIDNIGHT + timedelta(hours=1)).replace(tzinfo=None)),
    ],
)
def test_an_export_covers_part_of_one_utc_day(start: datetime, end: datetime) -> None:
    """An empty, reversed, cross-midnight, split-second or zoneless window has no name."""
    with pytest.raises(ValueError, match=r"2025|2024"):
        layout.export_key("pipe_stats", "eu", start, end, EXPORTED)


@pytest.mark.parametrize(
    "region",
    ["", ".", "..", "../up", "a b", "a%2Fb", "é", "eu\n", "-eu", "_eu", ".eu", "e=u", "x" * 64],
)
def test_a_region_is_a_plain_name(region: str) -> None:
    """A region cannot leave its folder, hide, or be spelled in two ways; neither written nor read."""
    with pytest.raises(ValueError, match="a region is"):
        layout.dimension_key("organizations", region, EXPORTED)
    assert layout.parse(f"organizations/region={region}/x.parquet") is None


def test_regions_do_not_nest() -> None:
    """A slash in a region would put a file where another region's belong."""
    with pytest.raises(ValueError, match="a region is"):
        layout.export_key("pipe_stats", "a/b", MIDNIGHT, MIDNIGHT + timedelta(hours=1), EXPORTED)


@pytest.mark.parametrize("region", ["eu", "aws-eu-west-1", "gcp.europe_west2", "1", "x" * 63])
def test_region_names_of_the_clouds_are_plain(region: str) -> None:
    """Letters, digits, '-', '_' and '.' survive the way there and back."""
    key = layout.export_key("pipe_stats", region, MIDNIGHT, MIDNIGHT + timedelta(hours=1), EXPORTED)

    assert layout.parse(key) == DayPlace("pipe_stats", DAY, region)


@pytest.mark.parametrize("family", ["", "..", "Pipe", "a/b", "a b", "1a", "_a"])
def test_a_family_is_a_plain_name(family: str) -> None:
    """A family cannot climb out of the landing store."""
    with pytest.raises(ValueError, match="a family or dimension is"):
        layout.day_prefix(family, DAY)


@pytest.mark.parametrize(
    "name", ["x.parquet", "x", "with space é ü 日本.parquet", "a[1]*?.parquet", "sub/folder/x.parquet"]
)
def test_a_file_may_be_called_anything(name: str) -> None:
    """Whoever writes chooses the name, with folders below the region if they like."""
    assert layout.parse(f"pipe_stats/dt=2025-01-02/region=eu/{name}") == DayPlace("pipe_stats", DAY, "eu")


@pytest.mark.parametrize(
    "key",
    [
        "",
        "pipe_stats",
        "pipe_stats/x.parquet",
        "pipe_stats/dt=2025-01-02",
        "pipe_stats/dt=2025-01-02/x.parquet",
        "pipe_stats/dt=2025-01-02/region=eu",
        "pipe_stats/dt=2025-01-02/region=eu/",
        "pipe_stats/dt=2025-01-02/region=eu//x.parquet",
        "pipe_stats/dt=2025-01-02/region=eu/../x.parquet",
        "pipe_stats/dt=2025-01-02/region=eu/x\ty.parquet",
        "pipe_stats/dt=2025-02-30/region=eu/x.parquet",
        "pipe_stats/dt=20250102/region=eu/x.parquet",
        "pipe_stats/dt=2025-1-2/region=eu/x.parquet",
        "/pipe_stats/dt=2025-01-02/region=eu/x.parquet",
        "Pipe_Stats/dt=2025-01-02/region=eu/x.parquet",
        "organizations/eu/x.parquet",
    ],
)
def test_a_misplaced_file_is_told_apart(key: str) -> None:
    """A key outside the layout has no place, rather than a guessed one."""
    assert layout.parse(key) is None


@pytest.mark.parametrize(
    "name",
    [
        "_SUCCESS",
        "._SUCCESS.crc",
        "_temporary/0/task_1/part-0.parquet",
        ".spark-staging-1/part-0.parquet",
        ".part-0.parquet.crc",
        "part-0.parquet.crc",
        "x.parquet.tmp",
        "x.parquet.partial",
        "x.parquet._COPYING_",
        "sub_$folder$",
        "x.parquet#12",
    ],
)
def test_what_writers_keep_for_themselves_is_never_read(name: str) -> None:
    """Markers, checksums and files in flight are left alone."""
    key = f"pipe_stats/dt=2025-01-02/region=eu/{name}"

    assert layout.is_leftover(key)
    assert layout.parse(key) is None


@pytest.mark.parametrize("name", ["a_b.parquet", "a.b.parquet", "tmp", "x#1.parquet", "x.tmp.parquet", "#1a"])
def test_ordinary_files_are_not_mistaken_for_leftovers(name: str) -> None:
    """Only a leading '.' or '_', or a known ending, hides a file."""
    assert not layout.is_leftover(f"pipe_stats/dt=2025-01-02/region=eu/{name}")


@pytest.mark.parametrize(
    ("folder", "day"),
    [
        ("dt=2025-01-02", DAY),
        ("dt=2024-02-29", date(2024, 2, 29)),
        ("dt=2025-02-29", None),
        ("2025-01-02", None),
    ],
)
def test_a_day_folder_is_a_date_that_exists(folder: str, day: date | None) -> None:
    """Anything else is a stranger to be shown to the operator."""
    assert layout.day_of_folder(folder) == day
