"""What WRAPPED_REGIONS may say, and where its passwords never appear."""

from pathlib import Path

import pytest

from tests.clickhouse_server import READING
from wrapped_assets.assets.stores import RegionsResource
from wrapped_assets.regions.database import open_region
from wrapped_assets.resources.errors import RegionUnavailable
from wrapped_assets.settings import BadSettings, Settings
from wrapped_assets.settings.address import Address

CLICKHOUSE = "clickhouse://reader:hunter2@eu.example:8124/logs"
DUCKDB = "duckdb:///data/us.duckdb"


@pytest.mark.parametrize(
    ("regions", "problem"),
    [
        ("eu=clickhouse://reader:hunter2@eu.example:8123", "entry 1 is not clickhouse://user:password@host"),
        ("eu=clickhouse://reader:hunter2@eu.example:port/logs", "entry 1 cannot be read as a URL"),
        ("eu=clickhouse://reader:hunter2@eu.example/logs?ca=/etc/hosts", "entry 1 has a ?ca=, which is for"),
        (
            "eu=clickhouses://reader:hunter2@eu.example/logs?ca=own.pem",
            "entry 1 has a ca= that is not an absolute",
        ),
        ("eu=clickhouses://reader:x@eu.example/logs?hunter2=/x", "entry 1 has something else behind its ?"),
        ("eu=clickhouse://reader:hunter2@eu.example/logs?cluster=prod", "entry 1 names a cluster"),
        ("eu=clickhouses://reader:x@eu.example/logs?ca=/not/there.pem", "not there: /not/there.pem"),
        (f"us={DUCKDB},eu=chdb:///data/eu", "entry 2 is not name="),
        (f"eu=clickhouse://reader:hun,ter2@eu.example/logs,us={DUCKDB}", "entry 2 is not name="),
        (f"us={DUCKDB},eu=postgres://me:hunter2@host/db,-={DUCKDB}", "entry 3 is not name="),
    ],
)
def test_an_entry_that_names_no_database_is_told_without_its_password(regions: str, problem: str) -> None:
    """By its number, and what is wrong with it."""
    with pytest.raises(BadSettings) as told:
        Settings.load({"WRAPPED_REGIONS": regions})
    assert "WRAPPED_REGIONS: " in str(told.value) and problem in str(told.value)
    assert "hunter2" not in str(told.value) and "ter2" not in str(told.value)


def test_the_same_holds_for_the_warehouse(tmp_path: Path) -> None:
    """A file of authorities that is there, for TLS only."""
    url = "clickhouses://wrapped:hunter2@host/wrapped?ca="
    with pytest.raises(
        BadSettings, match="WRAPPED_WAREHOUSE_URL: names a certificate file that is not there"
    ):
        Settings.load({"WRAPPED_WAREHOUSE_URL": f"{url}{tmp_path}/ca.pem"})
    (tmp_path / "my ca.pem").touch()
    found = Settings.load({"WRAPPED_WAREHOUSE_URL": f"{url}{tmp_path}/my%20ca.pem"})
    assert Address.parse(found.warehouse_url).ca == f"{tmp_path}/my ca.pem"


def test_what_dagster_shows_of_a_region_is_where_it_is() -> None:
    """Neither who reads it nor how they prove it."""
    settings = Settings.load({"WRAPPED_REGIONS": f"eu={CLICKHOUSE},us={DUCKDB}"})
    shown = RegionsResource.from_settings(settings)
    assert shown.places == {"eu": "clickhouse://eu.example:8124", "us": DUCKDB}
    assert "hunter2" not in repr(shown) + repr(settings) + repr(open_region(settings, "eu"))


def test_the_exports_show_the_engines_of_the_regions() -> None:
    """And DuckDB where there are none."""
    engines = {
        regions: Settings.load({"WRAPPED_REGIONS": regions}).regional_engines
        for regions in ("", f"us={DUCKDB}", f"eu={CLICKHOUSE}", f"eu={CLICKHOUSE},us={DUCKDB}")
    }
    assert list(engines.values()) == [["duckdb"], ["duckdb"], ["clickhouse"], ["clickhouse", "duckdb"]]


def test_a_region_that_is_no_longer_configured_is_told() -> None:
    """Its partition may outlive it in a process that was started before."""
    with pytest.raises(RegionUnavailable, match="region asia .*\n.*'eu'"):
        open_region(Settings.load({"WRAPPED_REGIONS": f"eu={CLICKHOUSE}"}), "asia")


def test_the_rights_that_are_documented_are_those_that_the_tests_read_with() -> None:
    """Each reader of the server's tests has this grant and no other."""
    page = Path(__file__).parent.parent / "docs" / "operations.md"
    assert f"grant {READING.format(databases='logs')} to reader;" in page.read_text(encoding="utf-8")
