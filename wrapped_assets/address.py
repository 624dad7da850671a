"""Where a ClickHouse is: `clickhouse://` and `clickhouses://` for a server, `chdb://` for one inside this process."""

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

SCHEMES = ("clickhouse", "clickhouses", "chdb")
# What the tables of a warehouse in a folder are named under.
CHDB_DATABASE = "wrapped"
# Both are written into statements that cannot bind them.
_CLUSTER, _DATABASE_OF_CLUSTER = re.compile(r"[A-Za-z0-9_.-]+"), re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Address:
    """A ClickHouse address. Its text never holds the password."""

    scheme: str
    host: str = ""
    port: int = 0
    user: str = "default"
    password: str = field(default="", repr=False)
    database: str = CHDB_DATABASE
    path: str = ""
    cluster: str = ""

    @classmethod
    def parse(cls, url: str) -> "Address":
        """The address that a URL names; ValueError says what is wrong with it, without its password."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise ValueError(
                "cannot be read as a URL; special characters in a password are written %XX"
            ) from None
        if parts.scheme == "chdb":
            if parts.netloc or parts.query or not parts.path.startswith("/"):
                raise ValueError("is not chdb:///absolute/folder")
            return cls("chdb", path=unquote(parts.path))
        secure = parts.scheme == "clickhouses"
        database = unquote(parts.path.strip("/"))
        if not parts.hostname or not database or "/" in database or parts.fragment:
            raise ValueError(f"is not {parts.scheme}://user:password@host:port/database")
        return cls(
            parts.scheme,
            parts.hostname,
            port or (8443 if secure else 8123),
            unquote(parts.username or "default"),
            unquote(parts.password or ""),
            database,
            cluster=_cluster(parts.query, database) if parts.query else "",
        )

    def __str__(self) -> str:
        if self.scheme == "chdb":
            return f"chdb://{self.path}"
        cluster = f"?cluster={self.cluster}" if self.cluster else ""
        return f"{self.scheme}://{self.user}@{self.host}:{self.port}/{self.database}{cluster}"


def _cluster(query: str, database: str) -> str:
    given = parse_qsl(query, keep_blank_values=True)
    if [key for key, _ in given] != ["cluster"] or not _CLUSTER.fullmatch(given[0][1]):
        raise ValueError("has something else behind its ? than cluster=name (letters, digits and _ . -)")
    if not _DATABASE_OF_CLUSTER.fullmatch(database):
        raise ValueError("names a database that is not of letters, digits and _, as one on a cluster must be")
    return given[0][1]
