"""Where a ClickHouse is: `clickhouse://` and `clickhouses://` for a server, `chdb://` for one inside this process."""

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

SCHEMES = ("clickhouse", "clickhouses", "chdb")
# What the tables of a warehouse in a folder are named under.
CHDB_DATABASE = "wrapped"


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
            ca=_ca(parts.query, secure),
        )

    @property
    def place(self) -> str:
        """The server alone, for those who are to see neither user nor database."""
        return f"{self.scheme}://{self.host}:{self.port}"

    def __str__(self) -> str:
        if self.scheme == "chdb":
            return f"chdb://{self.path}"
        return f"{self.scheme}://{self.user}@{self.host}:{self.port}/{self.database}"


def _ca(query: str, secure: bool) -> str:
    """The file behind `?ca=`; nothing else can stand there, and what does is not repeated: it may be half a password."""
    name, _, path = query.partition("=")
    if not query:
        return ""
    if name != "ca" or "&" in path or not unquote(path).startswith("/"):
        raise ValueError("may end in ?ca=/absolute/file.pem and in nothing else behind its database")
    if not secure:
        raise ValueError("has a ?ca=, which is for clickhouses:// (TLS)")
    return unquote(path)
