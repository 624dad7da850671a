"""What serving needs of the other parts, as Protocols: it is written against these and never against an engine.

The registry, the publication and the lambda engine keep them; a test may keep them in memory.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from wrapped_assets.access.grants import Grant
from wrapped_assets.serving.api.endpoints import Endpoint
from wrapped_assets.serving.live.following import FollowReport


class Authority(Protocol):
    """Says what a token allows."""

    def verify(self, text: str | None) -> Grant:
        """The token's grant; TokenRefused for one that allows nothing."""


class Verdict(Protocol):
    """How one request stands with a limit."""

    @property
    def allowed(self) -> bool:
        """Whether it may go on."""

    @property
    def headers(self) -> Mapping[str, str]:
        """What to tell the caller."""


class Limits(Protocol):
    """Counts requests by name."""

    def hit(self, name: str, rps: int | None) -> Verdict | None:
        """Count one request; None where there is no limit."""

    def close(self) -> None:
        """Give its connections back."""


class Link(Protocol):
    """Where a url_key leads."""

    @property
    def url_key(self) -> str:
        """The secret part of the page's address."""

    @property
    def subject(self) -> str:
        """Whom the page is about."""

    @property
    def year(self) -> int:
        """The edition."""

    @property
    def company(self) -> str | None:
        """The name to show."""

    @property
    def opted_out(self) -> bool:
        """Whether the subject wants no page."""


class Share(Protocol):
    """A short link that ends, and with it the address that it leads to."""

    @property
    def short(self) -> str:
        """The last part of its address."""

    @property
    def expires_at(self) -> datetime:
        """When it ends, UTC."""


class Links(Protocol):
    """The registry, as pages need it."""

    def resolve(self, url_key: str) -> Link | None:
        """The link; None when it is unknown or revoked."""

    def resolve_short(self, short: str) -> Link | None:
        """Where a short or share link leads; None when it is unknown, over or revoked."""

    def share(self, url_key: str, lifetime: timedelta) -> Share | None:
        """A share link to this page; None when there is no such page."""


class Document(Protocol):
    """One published document."""

    @property
    def content(self) -> bytes:
        """Its JSON, as published."""

    @property
    def sha256(self) -> str:
        """Its content address, in hexadecimal."""


class Version(Protocol):
    """One published version of an edition, immutable."""

    @property
    def year(self) -> int:
        """The edition."""

    @property
    def number(self) -> int:
        """1 is the first."""

    @property
    def has_snapshot(self) -> bool:
        """Whether endpoints can answer from it; its documents are there in any case."""

    @property
    def snapshot_sha256(self) -> str:
        """The SHA-256 of the serving snapshot, in hex; empty when it has none."""

    def document(self, subject: str) -> Document | None:
        """The document of a subject; None when it has none."""

    def fetch_snapshot(self, folder: Path) -> Path:
        """The serving snapshot as a local file."""


class Published(Protocol):
    """The published editions."""

    def years(self) -> list[int]:
        """Every year with a promoted version, ascending."""

    def current(self, year: int) -> Version | None:
        """The promoted version, a second after a promotion at the latest."""


class Answer(Protocol):
    """Rows with their columns' names and ClickHouse types, and what they cost."""

    @property
    def columns(self) -> Sequence[tuple[str, str]]:
        """Name and type of each."""

    @property
    def rows(self) -> Sequence[tuple[Any, ...]]:
        """As DuckDB's client returns values."""

    @property
    def rows_read(self) -> int:
        """Rows that were looked at."""

    @property
    def bytes_read(self) -> int:
        """What these rows weigh."""


class Live(Protocol):
    """One edition's snapshot, and what landed since."""

    def run(self, endpoint: Endpoint, parameters: Mapping[str, object]) -> Answer:
        """The endpoint's rows; ParameterRefused or OutsideYear when it cannot be asked so. Called from several threads."""

    def follow(self, seconds: float | None = None) -> FollowReport:
        """Take in what landed since; looks at old days in turn, for so long."""

    def keep(self) -> None:
        """Keep what was taken in for the next process, where there is anything to keep."""

    def close(self) -> None:
        """Let go of everything it holds."""
