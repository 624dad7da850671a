"""Every setting; nothing else in this project reads the WRAPPED_* variables of the environment.

`Settings.load()` builds one frozen object, or reports every bad variable at once.
"""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

SMALLEST_SECRET = 32

_ORIGIN = re.compile(r"https?://[^/@?#\s]+(/[^@?#\s]*)?")


class BadSettings(Exception):
    """Environment variables that cannot be used, all of them at once."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        listed = "\n".join(f"  {name}: {problem}" for name, problem in problems.items())
        super().__init__(
            f"{len(problems)} setting{'s' if len(problems) > 1 else ''} cannot be used.\n{listed}\n"
            "  Next: correct them in the environment; docs/operations.md lists every setting with an example."
        )


def is_origin(url: str) -> bool:
    """Whether addresses of pages can start with this: "https://wrapped.example.com"."""
    return _ORIGIN.fullmatch(url) is not None


@dataclass(frozen=True)
class Settings:
    """Where things are and how much may be used. Defaults need nothing but a folder."""

    home: Path
    """WRAPPED_HOME: the folder of everything embedded. Default `.wrapped` in the working directory."""

    landing_url: str
    """WRAPPED_LANDING_URL: where regions write and we import, `file://`, `s3://` or `gs://`. Default `<home>/landing`."""

    warehouse_url: str = field(repr=False)
    """WRAPPED_WAREHOUSE_URL: `duckdb:///absolute/path.duckdb`, `clickhouse://user:password@host:8123/database` (`clickhouses://` with TLS, `?cluster=name` behind it for the tables of a cluster) or `chdb:///absolute/folder`. Default `<home>/warehouse.duckdb`."""

    published_url: str = ""
    """WRAPPED_PUBLISHED_URL: where editions are published, `file://`, `s3://` or `gs://`. Default `<home>/published`."""

    regions: Mapping[str, str] = field(default_factory=dict, repr=False)
    """WRAPPED_REGIONS: `name=duckdb:///path,other=clickhouse://user:password@host:8123/database` (`clickhouses://` with TLS). Default: every `<home>/regions/<name>.duckdb`."""

    first_day: date = date(2025, 1, 1)
    """WRAPPED_FIRST_DAY: where the calendar of partitions starts, `YYYY-MM-DD`. Default 2025-01-01."""

    memory_limit: str = "2GB"
    """WRAPPED_MEMORY_LIMIT: what the engine may use before it spills to disk. Default 2GB."""

    threads: int | None = None
    """WRAPPED_THREADS: the engine's threads. Default: one a core."""

    frozen: Mapping[int, datetime] = field(default_factory=dict)
    """WRAPPED_FROZEN_EDITIONS: `2025` (frozen on 7 January 2026) or `2025@2026-01-20`, comma separated. Default: none."""

    listening_window: tuple[tuple[int, int], tuple[int, int]] = ((1, 1), (12, 31))
    """WRAPPED_LISTENING_WINDOW: the days of the year that a listener's edition counts, the last included, `01-01..11-15`. Default the whole year."""

    listening_buckets: int = 16
    """WRAPPED_LISTENING_BUCKETS: in how many parts an edition of listeners is computed, a power of two up to 4096. More need less memory. Default 16."""

    listening_freeze_days: int = 7
    """WRAPPED_LISTENING_FREEZE_DAYS: how many days after its window an edition of listeners still takes in late plays. Default 7."""

    s3_endpoint_url: str | None = None
    """WRAPPED_S3_ENDPOINT_URL: the endpoint of an S3 server that is not Amazon's. Credentials come from the AWS_* variables."""

    registry_url: str = field(default="", repr=False)
    """WRAPPED_REGISTRY_URL: `sqlite:////absolute/path.db` or `postgresql://user:password@host:5432/database`. Default `<home>/registry.db`."""

    limits_url: str = field(default="memory://", repr=False)
    """WRAPPED_LIMITS_URL: where requests are counted, `memory://` (each worker by itself) or `redis://:password@host:6379/0` (`rediss://` with TLS). Default memory://."""

    public_url: str | None = None
    """WRAPPED_PUBLIC_URL: the address under which people reach `wrapped serve`; share links and errors contain it. Default: where it listens."""

    theme: Path | None = None
    """WRAPPED_THEME: the file with the look of pages, cards and mails, `/absolute/theme.toml`. Default: the one that ships."""

    request_log_url: str | None = None
    """WRAPPED_REQUEST_LOG_URL: a landing store that the API writes its own requests to, `file://`, `s3://` or `gs://`. Default: none, they are not written."""

    history_days: int = 90
    """WRAPPED_HISTORY_DAYS: how many days Dagster's runs are kept for. Default 90."""

    given_secret: str | None = field(default=None, repr=False)
    """WRAPPED_SECRET, as it was given; `secret()` says which one counts."""

    @classmethod
    def load(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """The settings of this environment; raises BadSettings naming every variable that is wrong."""
        from wrapped_assets.settings.reading import read

        problems: dict[str, str] = {}
        found = read(os.environ if environment is None else environment, problems)
        if problems:
            raise BadSettings(problems)
        return cls(**found)

    @property
    def engine(self) -> str:
        """Which engine the warehouse is: `duckdb` or `clickhouse`; also the folder of its statements."""
        return "duckdb" if self.warehouse_url.startswith("duckdb:") else "clickhouse"

    @property
    def regional_engines(self) -> list[str]:
        """Which engines the regional databases are, by the folders of their statements; DuckDB where there are none."""
        engines = {"duckdb" if url.startswith("duckdb:") else "clickhouse" for url in self.regions.values()}
        return sorted(engines) or ["duckdb"]

    def secret(self) -> bytes:
        """WRAPPED_SECRET, or the one generated once into `<home>/secret` (mode 0600); at least 32 bytes.

        The public ids are made with it: another secret gives every customer another wrapped_id.
        """
        if self.given_secret is None:
            return _generated_secret(self.home / "secret")
        return self.given_secret.encode()


def _generated_secret(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_hex(SMALLEST_SECRET).encode())
    return path.read_bytes()
