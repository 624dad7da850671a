"""From the texts of environment variables to the values of settings. A text that may hold a password is never repeated."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from wrapped_assets.landing.layout import is_region
from wrapped_assets.settings import SMALLEST_SECRET, is_origin
from wrapped_assets.settings.address import SCHEMES, Address

_SQLITE = r"sqlite:////[^?#]+"
_POSTGRESQL = r"postgresql://([^/@?#\s]+@)?[^/@?#\s]*/[^/?#\s]+(\?\S+)?"
_LIMITS = r"memory://|rediss?://([^/@?#\s]+@)?[^/@?#\s]+(/\d*)?"
_MEMORY = r"\d+(\.\d+)?\s*(MB|GB|MiB|GiB)"


def read(environment: Mapping[str, str], problems: dict[str, str]) -> dict[str, Any]:
    """The settings that are given, and those whose default is a place in the home; what is wrong is added to `problems`."""
    found: dict[str, Any] = {}

    def setting(field: str, name: str, parse: Callable[[str], Any], default: str | None = None) -> None:
        given = environment.get(name, default)
        try:
            value = None if given is None else parse(given)
        except ValueError as problem:
            problems[name] = str(problem)
        else:
            if value is not None:
                found[field] = value

    setting("home", "WRAPPED_HOME", _home, ".wrapped")
    home: Path = found.setdefault("home", Path.cwd())
    setting("landing_url", "WRAPPED_LANDING_URL", _store, (home / "landing").as_uri())
    setting("warehouse_url", "WRAPPED_WAREHOUSE_URL", _warehouse, _in_duckdb(home / "warehouse.duckdb"))
    setting("published_url", "WRAPPED_PUBLISHED_URL", _store, (home / "published").as_uri())
    setting("regions", "WRAPPED_REGIONS", _regions, _regions_in(home / "regions"))
    setting("first_day", "WRAPPED_FIRST_DAY", _day)
    setting(
        "memory_limit", "WRAPPED_MEMORY_LIMIT", _matching(_MEMORY, "is '{}', expected a size such as 2GB")
    )
    setting("threads", "WRAPPED_THREADS", _count)
    setting("frozen", "WRAPPED_FROZEN_EDITIONS", _frozen)
    setting("listening_window", "WRAPPED_LISTENING_WINDOW", _window)
    setting("listening_buckets", "WRAPPED_LISTENING_BUCKETS", _power_of_two)
    setting("listening_freeze_days", "WRAPPED_LISTENING_FREEZE_DAYS", _count)
    setting("s3_endpoint_url", "WRAPPED_S3_ENDPOINT_URL", _url("https://host:9000"))
    expected = (
        "is neither sqlite:////absolute/path.db nor postgresql://user:password@host:5432/database"
        " (special characters in a password are written %XX)"
    )
    registry = f"sqlite:///{quote(str(home / 'registry.db'))}"
    setting("registry_url", "WRAPPED_REGISTRY_URL", _matching(f"{_SQLITE}|{_POSTGRESQL}", expected), registry)
    expected = "is neither memory:// nor redis://:password@host:6379/0"
    setting("limits_url", "WRAPPED_LIMITS_URL", _matching(_LIMITS, expected))
    public = _url("https://wrapped.example.com")
    setting("public_url", "WRAPPED_PUBLIC_URL", lambda given: (public(given) or "").rstrip("/") or None)
    setting("theme", "WRAPPED_THEME", _theme)
    setting("request_log_url", "WRAPPED_REQUEST_LOG_URL", _store)
    setting("history_days", "WRAPPED_HISTORY_DAYS", _count)
    setting("given_secret", "WRAPPED_SECRET", _secret)
    return found


def _home(given: str) -> Path:
    if not given.strip():
        raise ValueError("is empty, expected a folder; unset, it is .wrapped")
    return Path(given).expanduser().absolute()


def _store(given: str) -> str:
    scheme = urlsplit(given).scheme
    if scheme not in ("file", "s3", "gs"):
        raise ValueError(f"has the scheme '{scheme}', expected file://, s3:// or gs://")
    return given


def _in_duckdb(path: Path) -> str:
    return f"duckdb://{quote(str(path))}"


def _warehouse(given: str) -> str:
    scheme, parts = given.partition(":")[0], urlsplit(given)
    if scheme in SCHEMES:
        _address(given)
    elif scheme != "duckdb" or not parts.path.startswith("/") or parts.netloc:
        raise ValueError(
            f"has the scheme '{scheme}', expected duckdb:///absolute/path.duckdb,"
            " clickhouse://user:password@host:port/database or chdb:///absolute/folder"
        )
    return given


def _address(url: str) -> Address:
    address = Address.parse(url)
    if address.ca and not Path(address.ca).is_file():
        raise ValueError(f"names a certificate file that is not there: {address.ca}")
    return address


def _regions_in(folder: Path) -> str:
    names = sorted(path.stem for path in folder.glob("*.duckdb") if is_region(path.stem))
    return ",".join(f"{name}={_in_duckdb(folder / f'{name}.duckdb')}" for name in names)


def _regions(given: str) -> dict[str, str]:
    """An entry that is wrong is told by its number: its name may be half a password."""
    regions, problems = {}, []
    for number, part in enumerate(filter(None, (part.strip() for part in given.split(","))), 1):
        region, _, url = part.partition("=")
        try:
            _region(region, url)
        except ValueError as problem:
            problems.append(f"entry {number} {problem}")
        regions[region] = url
    if problems:
        raise ValueError("; ".join(problems))
    return regions


def _region(region: str, url: str) -> None:
    if is_region(region) and url.startswith(("clickhouse://", "clickhouses://")):
        if _address(url).cluster:
            raise ValueError("names a cluster; a region is read from one server")
    elif not is_region(region) or not url.startswith("duckdb:///"):
        raise ValueError(
            "is not name=duckdb:///absolute/path or name=clickhouse://user:password@host:port/database"
            " (a comma in a password is written %2C)"
        )


def _day(given: str) -> date | None:
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        raise ValueError(f"is '{given}', expected a date such as 2025-01-01") from None


def _count(given: str) -> int:
    if not given.isdecimal() or int(given) < 1:
        raise ValueError(f"is '{given}', expected a whole number from 1")
    return int(given)


def _power_of_two(given: str) -> int:
    if not given.isdecimal() or int(given) not in [2**exponent for exponent in range(13)]:
        raise ValueError(f"is '{given}', expected a power of two from 1 to 4096")
    return int(given)


def _window(given: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """Days that every year has: 29 February is none of them."""
    found = re.fullmatch(r"(\d\d)-(\d\d)\.\.(\d\d)-(\d\d)", given)
    try:
        first, last = (
            [date(2025, int(month), int(day)) for month, day in (found.groups()[:2], found.groups()[2:])]
            if found
            else []
        )
    except ValueError:
        first, last = date.max, date.min
    if first > last:
        raise ValueError(
            f"is '{given}', expected two days of every year, the earlier first, such as 01-01..11-15"
        )
    return (first.month, first.day), (last.month, last.day)


def _matching(pattern: str, problem: str) -> Callable[[str], str]:
    def parse(given: str) -> str:
        if not re.fullmatch(pattern, given):
            raise ValueError(problem.format(given))
        return given

    return parse


def _url(example: str) -> Callable[[str], str | None]:
    def parse(given: str) -> str | None:
        if given and not is_origin(given):
            raise ValueError(f"is not a URL such as {example}")
        return given or None

    return parse


def _theme(given: str) -> Path | None:
    path = Path(given).expanduser().absolute()
    if given and not path.is_file():
        raise ValueError(
            f"names no file: {path}; expected one like wrapped_assets/serving/pages/theme.toml, which ships"
        )
    return path if given else None


def _secret(given: str) -> str:
    size = len(given.encode())
    if size < SMALLEST_SECRET:
        raise ValueError(f"has {size} bytes, expected at least {SMALLEST_SECRET}")
    return given


def _frozen(given: str) -> dict[int, datetime]:
    frozen = {}
    for part in filter(None, given.split(",")):
        year, _, day = part.strip().partition("@")
        try:
            freeze = date.fromisoformat(day) if day else date(int(year) + 1, 1, 7)
            if int(year) < 1990 or freeze.year <= int(year):
                raise ValueError
        except ValueError:
            raise ValueError(
                f"entry '{part}' is neither 2025 nor 2025@2026-01-07, a day after that year"
            ) from None
        frozen[int(year)] = datetime(freeze.year, freeze.month, freeze.day, tzinfo=UTC)
    return frozen
