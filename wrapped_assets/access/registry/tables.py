"""The registry's tables, the same in SQLite and PostgreSQL, and the version of their schema.

Instants are whole seconds since 1970: SQLite has no type for them, and a token's own claims count the same way.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    insert,
    inspect,
    select,
)

from wrapped_assets.access.registry.database import Database
from wrapped_assets.access.registry.errors import RegistryNewer

VERSION = 1


class Instant(TypeDecorator[datetime]):
    """An instant in UTC, kept as whole seconds since 1970."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> int | None:
        """To the database."""
        return None if value is None else int(value.timestamp())

    def process_result_value(self, value: int | None, dialect: Any) -> datetime | None:
        """From the database."""
        return None if value is None else datetime.fromtimestamp(value, UTC)


metadata = MetaData()

schema_version = Table("registry_schema", metadata, Column("version", Integer, nullable=False))

# One row. `changes` grows with each transaction that takes something away.
state = Table(
    "registry_state",
    metadata,
    Column("changes", BigInteger, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("salt", LargeBinary, nullable=False),
)

# Never the text of a token: a JWT is signed anew from these columns, of a static token there is the digest.
tokens = Table(
    "registry_tokens",
    metadata,
    Column("jti", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("workspace_id", Text, nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("rps", Integer),
    Column("company", JSON, nullable=False),
    Column("digest", LargeBinary, unique=True),
    Column("issued_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("revoked_at", Instant),
    # Of the one token that a subject has for an edition.
    Column("subject", Text),
    Column("year", Integer),
)
Index("registry_tokens_by_name", tokens.c.name)
_live_token = tokens.c.revoked_at.is_(None)
Index(
    "registry_one_token_each",
    tokens.c.year,
    tokens.c.subject,
    unique=True,
    sqlite_where=_live_token,
    postgresql_where=_live_token,
)

links = Table(
    "registry_links",
    metadata,
    Column("url_key", Text, primary_key=True),
    Column("year", Integer, nullable=False),
    Column("subject", Text, nullable=False),
    Column("company", Text),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
)
_live_link = links.c.revoked_at.is_(None)
Index(
    "registry_one_link_each",
    links.c.year,
    links.c.subject,
    unique=True,
    sqlite_where=_live_link,
    postgresql_where=_live_link,
)
Index("registry_links_by_subject", links.c.subject)

# The short link of a page has no end, a share link has one.
shorts = Table(
    "registry_shorts",
    metadata,
    Column("short", Text, primary_key=True),
    Column("url_key", Text, ForeignKey(links.c.url_key), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant),
)
Index("registry_shorts_by_url_key", shorts.c.url_key)

opt_outs = Table(
    "registry_opt_outs",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("since", Instant, nullable=False),
)


def found_version(connection: Connection) -> int:
    """The version of the schema that is there; 0 where there is none."""
    if not inspect(connection).has_table(schema_version.name):
        return 0
    return int(connection.execute(select(schema_version.c.version)).scalar_one())


def prepare(database: Database, first_salt: bytes) -> None:
    """Make the tables where there are none; refuse those of a newer version of this program.

    A later version adds its steps here, one after the other, each from the version before it.
    """
    with database.reading() as connection:
        found = found_version(connection)
    if found > VERSION:
        raise RegistryNewer(database.place, found, VERSION)
    if found < VERSION:
        with database.writing() as connection:
            database.lock(connection)
            # Another process may have been first.
            if found_version(connection) == 0:
                metadata.create_all(connection)
                connection.execute(insert(schema_version).values(version=VERSION))
                connection.execute(insert(state).values(changes=0, epoch=1, salt=first_salt))
