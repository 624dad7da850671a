"""The database behind the registry: an engine by its URL, transactions, and errors in sentences."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    Table,
    create_engine,
    event,
    func,
    make_url,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from wrapped_assets.access.registry.errors import DriverMissing, RegistryMissing, RegistryUnavailable

# Locks are held for milliseconds. Whoever waits longer has met a stuck process, and says so.
WAIT_SECONDS = 10

# Any number that nobody else in the database takes: "wrapped", as bytes.
_LOCK = 0x77726170706564


class Database:
    """Transactions on SQLite or PostgreSQL. Open one per process: it is not carried over a fork."""

    def __init__(self, url: str, make: bool = True) -> None:
        self.url = _usable(make_url(url))
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.place = self.url.render_as_string(hide_password=True)
        if self.is_sqlite:
            path = Path(self.url.database or "")
            if not make and not path.exists():
                raise RegistryMissing(self.place)
            _create_private(path, self.place)
        self._engine = self._create()
        self._writes = self._engine.execution_options(writes=True)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state and waits for nobody."""
        with self._told(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is committed whole, or not at all when anything raises."""
        with self._told(), self._writes.begin() as connection:
            yield connection

    def close(self) -> None:
        """Give every connection back."""
        self._engine.dispose()

    def lock(self, connection: Connection) -> None:
        """Let no other process past here before this transaction ends; in SQLite a transaction that writes is alone anyway."""
        if not self.is_sqlite:
            connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))

    def insert_new(self, table: Table) -> Any:
        """An insert that leaves out the rows whose keys exist, waiting for transactions that are inserting them."""
        dialect = sqlite if self.is_sqlite else postgresql
        return dialect.insert(table).on_conflict_do_nothing()

    def _create(self) -> Engine:
        if self.is_sqlite:
            engine = create_engine(
                self.url,
                connect_args={"timeout": WAIT_SECONDS},
                pool_timeout=WAIT_SECONDS,
                hide_parameters=True,
            )
            event.listen(engine, "connect", _set_up_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        options = f"-c statement_timeout={WAIT_SECONDS}s -c timezone=UTC"
        arguments = {"connect_timeout": 3, "application_name": "wrapped", "options": options}
        # pre_ping: a server that was restarted costs one more question and no error.
        return create_engine(
            self.url,
            connect_args=arguments,
            pool_pre_ping=True,
            pool_timeout=WAIT_SECONDS,
            hide_parameters=True,
        )

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (DataError, IntegrityError):
            raise  # what was asked is wrong, not the database
        except (DBAPIError, PoolTimeout) as error:
            cause = getattr(error, "orig", None) or error
            raise RegistryUnavailable(self.place, str(cause).strip().splitlines()[0]) from error


def _usable(url: URL) -> URL:
    """Paths without %XX; `postgresql://` means psycopg 3, which the extra `postgres` brings."""
    if url.get_backend_name() == "sqlite":
        return url.set(database=unquote(url.database or ""))
    if url.drivername != "postgresql":
        return url
    try:
        import psycopg  # noqa: F401 - only whether it is there
    except ImportError:
        raise DriverMissing(url.render_as_string(hide_password=True)) from None
    return url.set(drivername="postgresql+psycopg")


def _create_private(path: Path, place: str) -> None:
    """An empty file that only this user may read: it will hold the addresses of pages, and half of the signing key."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise RegistryUnavailable(place, str(error.strerror or error)) from error


def _set_up_sqlite(connection: Any, record: Any) -> None:
    # The driver begins no transactions by itself: it would do so too late, and never for a read.
    connection.isolation_level = None
    cursor = connection.cursor()
    # WAL: readers never wait for a writer. FULL: a revocation that was acknowledged survives a power cut.
    for pragma in ("journal_mode = wal", "synchronous = full", "foreign_keys = on"):
        cursor.execute(f"pragma {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # Taking the lock at once: a transaction that reads first and then wants to write would fail beside another one.
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("begin immediate" if writes else "begin")
