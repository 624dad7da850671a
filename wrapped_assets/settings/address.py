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
    # The file of the authority that signed a server's certificate; without one the machine's own are trusted.
    ca: str = ""
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
            if parts.netloc or not parts.path.startswith("/"):
                raise ValueError("is not chdb:///absolute/folder")
            if parts.query:
                raise ValueError("has something behind a ?, which is for servers: chdb:///absolute/folder")
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
            **_options(parts.query, secure, database),
        )

    @property
    def place(self) -> str:
        """The server alone, for those who are to see neither user nor database."""
        return f"{self.scheme}://{self.host}:{self.port}"

    def __str__(self) -> str:
        if self.scheme == "chdb":
            return f"chdb://{self.path}"
        cluster = f"?cluster={self.cluster}" if self.cluster else ""
        return f"{self.scheme}://{self.user}@{self.host}:{self.port}/{self.database}{cluster}"


def _options(query: str, secure: bool, database: str) -> dict[str, str]:
    """The options behind the `?`. A wrong value is not repeated: it may be half a password."""
    given = parse_qsl(query, keep_blank_values=True)
    options = dict(given)
    if (query and not given) or len(options) < len(given) or not options.keys() <= {"ca", "cluster"}:
        raise ValueError("has something else behind its ? than ca=/absolute/file.pem and cluster=name")
    if "ca" in options and not secure:
        raise ValueError("has a ?ca=, which is for clickhouses:// (TLS)")
    if not options.get("ca", "/").startswith("/"):
        raise ValueError("has a ca= that is not an absolute path: ?ca=/absolute/file.pem")
    if not _CLUSTER.fullmatch(options.get("cluster", "name")):
        raise ValueError("has a cluster= that is not of letters, digits and _ . -")
    if "cluster" in options and not _DATABASE_OF_CLUSTER.fullmatch(database):
        raise ValueError("names a database that is not of letters, digits and _, as one on a cluster must be")
    return options
