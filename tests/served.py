"""The pipeline over a listening ClickHouse server."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.clickhouse_server import Server
from tests.pipeline import Pipeline
from wrapped_assets.resources.clickhouse import Address, ClickHouseWarehouse, Limits


@dataclass(frozen=True)
class Served(Pipeline):
    """A landing folder, and a database of a server."""

    engine: str = "clickhouse"
    url: str = ""

    @property
    def clickhouse(self) -> ClickHouseWarehouse:
        """The warehouse behind the URL."""
        return ClickHouseWarehouse(
            Address.parse(self.url), self.home / f"{self.name}.lock", Limits(threads=2)
        )


@contextmanager
def serving(folder: Path, databases: str = "wrapped*") -> Iterator[Server]:
    """A server over this folder, killed afterwards."""
    server = Server(folder, databases=databases)
    server.start()
    try:
        yield server
    finally:
        server.kill()
