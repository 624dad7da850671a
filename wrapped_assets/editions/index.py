"""The index of a version: which subject has which content, in pieces that are small enough to get one for a question.

A line is `subject <tab> kind <tab> sha256 <tab> bytes`; today's only kind is `document`. Lines are sorted, and a subject's lines
are all in the piece that the first hex digits of the subject's SHA-256 name. A piece is kept and searched as it is: as a
dictionary it would take three times the memory.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from wrapped_assets.editions import object_keys

DOCUMENT = "document"

# 256 lines are 30 kB: a question costs one small get, and 100,000 subjects 4,096 pieces.
LINES_A_PIECE = 256
SAMPLE_ONE_IN = 100
# Nothing that could be taken for another line or field.
_SUBJECT = re.compile(r"[!-~]{1,200}")


@dataclass(frozen=True, order=True, slots=True)
class Entry:
    """One content of one subject."""

    subject: str
    kind: str
    sha256: str
    size: int

    def line(self) -> str:
        """The entry as a line of the index, its end included."""
        return f"{self.subject}\t{self.kind}\t{self.sha256}\t{self.size}\n"

    @classmethod
    def of(cls, line: str) -> "Entry":
        """Read a line back; ValueError when it is none."""
        subject, kind, sha256, size = line.split("\t")
        return cls(subject, kind, sha256, int(size))


def is_subject(text: str) -> bool:
    """Whether a text can name a subject: 1 to 200 printable ASCII characters without blanks."""
    return _SUBJECT.fullmatch(text) is not None


def place(subject: str) -> int:
    """Where a subject lies among all possible ones, from 0 to 2^64 - 1: evenly spread and the same for ever."""
    return int.from_bytes(hashlib.sha256(subject.encode()).digest()[:8], "big")


def sampled(subjects: Iterable[str]) -> list[str]:
    """The subjects whose place lies in the first hundredth of all places; of few subjects the one with the lowest.

    Another subject more or less changes nothing about the others.
    """
    ordered = sorted(subjects, key=place)
    chosen = [subject for subject in ordered if place(subject) < 2**64 // SAMPLE_ONE_IN]
    return sorted(chosen or ordered[:1])


def digits_for(lines: int) -> int:
    """How many hex digits the names of the pieces need, so that a piece has at most LINES_A_PIECE lines on average."""
    digits = 0
    while lines > LINES_A_PIECE * 16**digits:
        digits += 1
    return digits


def piece_of(subject: str, digits: int) -> str:
    """The key, inside the version, of the piece that holds a subject."""
    return key_of(place(subject) >> (64 - 4 * digits), digits)


def key_of(number: int, digits: int) -> str:
    """The key, inside the version, of a piece by its number."""
    return f"{object_keys.INDEX}/{number:0{digits}x}.tsv" if digits else f"{object_keys.INDEX}/all.tsv"


def pieces(entries: Iterable[Entry], digits: int) -> Iterator[tuple[str, bytes]]:
    """Every piece with its key, the empty ones too: one that is missing is damage, and not a subject unknown."""
    lines: dict[str, list[Entry]] = {key_of(number, digits): [] for number in range(16**digits)}
    for entry in entries:
        lines[piece_of(entry.subject, digits)].append(entry)
    for key, held in lines.items():
        yield key, "".join(entry.line() for entry in sorted(held)).encode()


def find(piece: bytes, subject: str, kind: str) -> tuple[str, int] | None:
    """The SHA-256 and size of a subject's content; None when the piece does not name it."""
    wanted = f"{subject}\t{kind}\t".encode()
    before = 0 if piece.startswith(wanted) else piece.find(b"\n" + wanted) + 1
    start = before + len(wanted)
    if piece[before:start] != wanted:
        return None
    sha256, size = piece[start : piece.index(b"\n", start)].split(b"\t")
    return sha256.decode(), int(size)


def entries(piece: bytes) -> Iterator[Entry]:
    """Every line of a piece."""
    return (Entry.of(line) for line in piece.decode().split("\n") if line)
