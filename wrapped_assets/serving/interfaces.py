"""What serving asks of published editions and of their answers, as Protocols: tests keep theirs in memory."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from wrapped_assets.product import Endpoint
from wrapped_assets.serving.api.answers import Answer
from wrapped_assets.serving.live.following import FollowReport


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
