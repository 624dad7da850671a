"""Every setting; nothing else in this project reads the WRAPPED_* variables of the environment.

`Settings.load()` builds one frozen object, or reports every bad variable at once.
"""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import quote, urlsplit

from wrapped_assets.landing_layout import is_region
from wrapped_assets.resources.address import SCHEMES, Address

SMALLEST_SECRET = 32

_ENDPOINT = re.compile(r"https?://[^/@?#\s]+(/[^@?#\s]*)?")
_SQLITE = re.compile(r"sqlite:////[^?#]+")
_POSTGRESQL = re.compile(r"postgresql://([^/@?#\s]+@)?[^/@?#\s]*/[^/?#\s]+(\?\S+)?")
_LIMITS = re.compile(r"memory://|rediss?://([^/@?#\s]+@)?[^/@?#\s]+(/\d*)?")
_MEMORY = re.compile(r"\d+(\.\d+)?\s*(MB|GB|MiB|GiB)")


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
    return _ENDPOINT.fullmatch(url) is not None


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

    s3_endpoint_url: str | None = None
    """WRAPPED_S3_ENDPOINT_URL: the endpoint of an S3 server that is not Amazon's. Credentials come from the AWS_* variables."""

    registry_url: str = field(default="", repr=False)
    """WRAPPED_REGISTRY_URL: `sqlite:////absolute/path.db` or `postgresql://user:password@host:5432/database`. Default `<home>/registry.db`."""

    limits_url: str = field(default="memory://", repr=False)
    """WRAPPED_LIMITS_URL: where requests are counted, `memory://` (each worker by itself) or `redis://:password@host:6379/0` (`rediss://` with TLS). Default memory://."""

    public_url: str | None = None
    """WRAPPED_PUBLIC_URL: the address under which people reach `wrapped serve`; it stands in share links and errors. Default: where it listens."""

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
        return _Reader(os.environ if environment is None else environment).settings()

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


def _address_problem(url: str) -> str | None:
    """What is wrong with a ClickHouse address; never the URL itself, which may hold a password."""
    try:
        ca = Address.parse(url).ca
    except ValueError as error:
        return str(error)
    if ca and not Path(ca).is_file():
        return f"names a certificate file that is not there: {ca}"
    return None


def _region_problem(region: str, url: str) -> str | None:
    """What is wrong with an entry of WRAPPED_REGIONS, which is told by its number: its name may be half a password."""
    if is_region(region) and url.startswith(("clickhouse://", "clickhouses://")):
        problem = _address_problem(url)
        return problem or (
            "names a cluster; a region is read from one server" if Address.parse(url).cluster else None
        )
    if is_region(region) and url.startswith("duckdb:///"):
        return None
    return (
        "is not name=duckdb:///absolute/path or name=clickhouse://user:password@host:port/database"
        " (a comma in a password is written %2C)"
    )


class _Reader:
    """Reads variables one by one and remembers what was wrong with each."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.problems: dict[str, str] = {}

    def settings(self) -> Settings:
        home = self._home()
        found = Settings(
            home=home,
            landing_url=self._store("WRAPPED_LANDING_URL", home / "landing"),
            warehouse_url=self._warehouse(home),
            published_url=self._store("WRAPPED_PUBLISHED_URL", home / "published"),
            regions=self._regions(home),
            first_day=self._day("WRAPPED_FIRST_DAY", date(2025, 1, 1)),
            memory_limit=self._memory(),
            threads=self._count("WRAPPED_THREADS"),
            frozen=self._frozen(),
            s3_endpoint_url=self._endpoint(),
            registry_url=self._registry(home),
            limits_url=self._limits(),
            public_url=self._public(),
            theme=self._theme(),
            request_log_url=self._request_log(),
            history_days=self._count("WRAPPED_HISTORY_DAYS") or Settings.history_days,
            given_secret=self._secret(),
        )
        if self.problems:
            raise BadSettings(self.problems)
        return found

    def _home(self) -> Path:
        given = self.environment.get("WRAPPED_HOME", ".wrapped")
        if not given.strip():
            self.problems["WRAPPED_HOME"] = "is empty, expected a folder; unset, it is .wrapped"
        return Path(given).expanduser().absolute()

    def _store(self, name: str, default: Path) -> str:
        url = self.environment.get(name, default.as_uri())
        if urlsplit(url).scheme not in ("file", "s3", "gs"):
            self.problems[name] = f"has the scheme '{urlsplit(url).scheme}', expected file://, s3:// or gs://"
        return url

    def _warehouse(self, home: Path) -> str:
        name = "WRAPPED_WAREHOUSE_URL"
        url = self.environment.get(name, f"duckdb://{quote(str(home / 'warehouse.duckdb'))}")
        scheme = url.partition(":")[0]
        if scheme in SCHEMES:
            if problem := _address_problem(url):
                self.problems[name] = problem
            return url
        parts = urlsplit(url)
        if scheme != "duckdb" or not parts.path.startswith("/") or parts.netloc:
            self.problems[name] = (
                f"has the scheme '{scheme}', expected duckdb:///absolute/path.duckdb,"
                " clickhouse://user:password@host:port/database or chdb:///absolute/folder"
            )
        return url

    def _regions(self, home: Path) -> dict[str, str]:
        name = "WRAPPED_REGIONS"
        given = self.environment.get(name)
        if given is None:
            found = sorted((home / "regions").glob("*.duckdb"))
            return {path.stem: f"duckdb://{quote(str(path))}" for path in found if is_region(path.stem)}
        regions, problems = {}, []
        for number, part in enumerate(filter(None, (part.strip() for part in given.split(","))), 1):
            region, _, url = part.partition("=")
            if problem := _region_problem(region, url):
                problems.append(f"entry {number} {problem}")
            regions[region] = url
        if problems:
            self.problems[name] = "; ".join(problems)
        return regions

    def _day(self, name: str, default: date) -> date:
        given = self.environment.get(name)
        try:
            return date.fromisoformat(given) if given else default
        except ValueError:
            self.problems[name] = f"is '{given}', expected a date such as 2025-01-01"
            return default

    def _memory(self) -> str:
        given = self.environment.get("WRAPPED_MEMORY_LIMIT", "2GB")
        if not _MEMORY.fullmatch(given):
            self.problems["WRAPPED_MEMORY_LIMIT"] = f"is '{given}', expected a size such as 2GB"
        return given

    def _count(self, name: str) -> int | None:
        given = self.environment.get(name)
        if given is None:
            return None
        if not given.isdecimal() or int(given) < 1:
            self.problems[name] = f"is '{given}', expected a whole number from 1"
            return None
        return int(given)

    def _endpoint(self) -> str | None:
        name = "WRAPPED_S3_ENDPOINT_URL"
        given = self.environment.get(name)
        if given and not _ENDPOINT.fullmatch(given):
            self.problems[name] = "is not a URL such as https://host:9000"
        return given

    def _public(self) -> str | None:
        name = "WRAPPED_PUBLIC_URL"
        given = self.environment.get(name)
        if given and not is_origin(given):
            self.problems[name] = "is not a URL such as https://wrapped.example.com"
        return given.rstrip("/") if given else None

    def _theme(self) -> Path | None:
        given = self.environment.get("WRAPPED_THEME")
        if not given:
            return None
        path = Path(given).expanduser().absolute()
        if not path.is_file():
            self.problems["WRAPPED_THEME"] = (
                f"names no file: {path}; expected one like wrapped_assets/serving/pages/theme.toml, which ships"
            )
        return path

    def _request_log(self) -> str | None:
        name = "WRAPPED_REQUEST_LOG_URL"
        return self._store(name, Path("/")) if name in self.environment else None

    def _registry(self, home: Path) -> str:
        name = "WRAPPED_REGISTRY_URL"
        url = self.environment.get(name, f"sqlite:///{quote(str(home / 'registry.db'))}")
        if not _SQLITE.fullmatch(url) and not _POSTGRESQL.fullmatch(url):
            # Never the URL itself, which may hold a password.
            self.problems[name] = (
                "is neither sqlite:////absolute/path.db nor postgresql://user:password@host:5432/database"
                " (special characters in a password are written %XX)"
            )
        return url

    def _limits(self) -> str:
        name = "WRAPPED_LIMITS_URL"
        url = self.environment.get(name, "memory://")
        if not _LIMITS.fullmatch(url):
            self.problems[name] = "is neither memory:// nor redis://:password@host:6379/0"
        return url

    def _secret(self) -> str | None:
        given = self.environment.get("WRAPPED_SECRET")
        if given is not None and len(given.encode()) < SMALLEST_SECRET:
            seen = f"has {len(given.encode())} bytes, expected at least {SMALLEST_SECRET}"
            self.problems["WRAPPED_SECRET"] = seen
        return given

    def _frozen(self) -> dict[int, datetime]:
        name = "WRAPPED_FROZEN_EDITIONS"
        frozen = {}
        for part in filter(None, self.environment.get(name, "").split(",")):
            year, _, day = part.strip().partition("@")
            try:
                freeze = date.fromisoformat(day) if day else date(int(year) + 1, 1, 7)
                if int(year) < 1990 or freeze.year <= int(year):
                    raise ValueError
                frozen[int(year)] = datetime(freeze.year, freeze.month, freeze.day, tzinfo=UTC)
            except ValueError:
                self.problems[name] = (
                    f"entry '{part}' is neither 2025 nor 2025@2026-01-07, a day after that year"
                )
        return frozen
