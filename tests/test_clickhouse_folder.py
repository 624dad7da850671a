"""Folders in which ClickHouse cannot be opened in process: told in words, with what to do."""

import re
import subprocess
import sys
from pathlib import Path

import clickhouse_connect
import pytest

from wrapped_assets.resources.clickhouse import Address, ClickHouseWarehouse, Limits
from wrapped_assets.resources.errors import FolderUnusable

pytestmark = pytest.mark.clickhouse


def refusal(folder: Path, lock: Path) -> str:
    """What is said to a writer who names this folder."""
    warehouse = ClickHouseWarehouse(Address("chdb", path=str(folder)), lock, Limits())
    with pytest.raises(FolderUnusable) as told, warehouse.writing():
        pass
    return str(told.value)


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path: Path) -> None:
    """Nothing is written among them."""
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.png").touch()

    assert "holds other things: cat.png" in refusal(tmp_path / "photos", tmp_path / "lock")
    assert [each.name for each in (tmp_path / "photos").iterdir()] == ["cat.png"]


def test_a_folder_left_before_its_first_table_is_opened_again(tmp_path: Path) -> None:
    """As a build killed while it opened leaves it."""
    script = "import clickhouse_connect, os; clickhouse_connect.get_client(interface='chdb', path='warehouse'); os._exit(1)"
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=False)
    left = [each.name for each in (tmp_path / "warehouse").iterdir()]
    assert left and "store" not in left, left

    warehouse = ClickHouseWarehouse(
        Address("chdb", path=str(tmp_path / "warehouse")), tmp_path / "lock", Limits()
    )
    with warehouse.writing():
        pass

    assert (tmp_path / "warehouse" / "store").is_dir()


@pytest.mark.parametrize("name", ["file", "file/folder"])
def test_what_is_no_folder_is_told_with_the_setting(tmp_path: Path, name: str) -> None:
    """The engine's reason in one line, without its stack."""
    (tmp_path / "file").touch()
    told = refusal(tmp_path / name, tmp_path / "lock")

    assert re.search(r"was seen: .+\n  Next: check that WRAPPED_WAREHOUSE_URL", told), told
    assert "Stack" not in told and len(told.splitlines()) == 3


def test_without_the_package_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the driver reports it."""

    def is_not_there(**_: object) -> None:
        raise ImportError("The chdb backend requires the chdb package.")

    monkeypatch.setattr(clickhouse_connect, "get_client", is_not_there)

    assert "pip install '.[clickhouse]'" in refusal(tmp_path / "folder", tmp_path / "lock")
