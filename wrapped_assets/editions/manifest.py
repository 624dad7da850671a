"""The manifest of a version: what it holds, how far it reaches, and by which checks it may be promoted."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from wrapped_assets.editions.errors import Damaged

FORMAT: Literal[1] = 1


class _Part(BaseModel):
    # A reader of today meets manifests of tomorrow: what it does not know it passes over.
    model_config = ConfigDict(frozen=True, extra="ignore")


class CheckResult(_Part):
    """How one asset check ended when the version was made."""

    asset: str = Field(description="The asset, such as raw/pipe_stats.")
    name: str
    result: Literal["passed", "warning", "failed"]

    def __str__(self) -> str:
        return f"{self.asset} {self.name}"


class Documents(_Part):
    """The documents of a version together."""

    count: int = Field(description="Subjects, one document each.")
    objects: int = Field(description="Objects: subjects with the same bytes share one.")
    bytes: int = Field(description="Bytes of the objects.")
    sha256: str = Field(description="Of the index lines of all subjects, sorted.")


class Index(_Part):
    """The pieces of the index together."""

    digits: int = Field(description="Hex digits of a piece's name: 16**digits pieces.")
    bytes: int


class Snapshot(_Part):
    """The file that the API answers from."""

    bytes: int
    sha256: str


class Manifest(_Part):
    """One version. Instants are UTC."""

    format: Literal[1] = FORMAT
    year: int
    number: int
    made_at: datetime
    through: datetime = Field(description="The last instant that the documents cover.")
    generated_at: datetime = Field(description="When the newest data in them was exported.")
    frozen: bool = Field(description="Whether the edition follows late rows no more.")
    left_out: int = Field(description="Landing rows that came too late for a frozen edition, so far.")
    sample: bool = Field(description="A dry run: a hundredth of the subjects, never promoted.")
    subjects: int = Field(description="Subjects of the whole edition; more than were published in a dry run.")
    documents: Documents
    index: Index
    snapshot: Snapshot | None
    totals: Mapping[str, int] = Field(
        description="Sums over the published documents; of `errors` over those that know them."
    )
    checks: Sequence[CheckResult]

    def failed(self) -> list[str]:
        """The checks that keep it from being promoted; a warning does not."""
        return [str(check) for check in self.checks if check.result == "failed"]

    def content(self) -> tuple[int, int]:
        """How many objects the version consists of, and their bytes; the manifest and the marker aside."""
        snapshot = (1, self.snapshot.bytes) if self.snapshot else (0, 0)
        objects = self.documents.objects + 16**self.index.digits + snapshot[0]
        return objects, self.documents.bytes + self.index.bytes + snapshot[1]

    def to_bytes(self) -> bytes:
        """The manifest as it is stored."""
        return self.model_dump_json(indent=1).encode() + b"\n"

    @classmethod
    def from_bytes(cls, content: bytes, what: str) -> "Manifest":
        """Read one back; Damaged when it is none."""
        try:
            return cls.model_validate_json(content)
        except ValidationError as error:
            raise Damaged(what, f"Its manifest cannot be read: {error.errors()[0]['msg']}.") from None


def digest(content: bytes) -> str:
    """The SHA-256 of some bytes, in hex."""
    return hashlib.sha256(content).hexdigest()


def digest_of_lines(lines: Iterable[str]) -> str:
    """The SHA-256 of lines one after the other, in hex."""
    hashed = hashlib.sha256()
    for line in lines:
        hashed.update(line.encode())
    return hashed.hexdigest()


def digest_of_file(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
