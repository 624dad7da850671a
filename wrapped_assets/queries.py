"""The SQL files, by name: `text("duckdb/raw/landed")`.

SQL lives in `sql/` beside the package (inside it, once installed from a wheel), one statement a file (a step of the
synthetic source has several).
"""

import hashlib
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent
_ROOT = next(folder for folder in (_HERE.parent / "sql", _HERE / "sql") if folder.is_dir())


@cache
def text(name: str) -> str:
    """The text of `sql/<name>.sql`; FileNotFoundError names the file when there is none."""
    return (_ROOT / f"{name}.sql").read_text(encoding="utf-8")


def exists(name: str) -> bool:
    """Whether there is a `sql/<name>.sql`."""
    return (_ROOT / f"{name}.sql").is_file()


def written_at(name: str) -> datetime:
    """When `sql/<name>.sql` was written here."""
    return datetime.fromtimestamp((_ROOT / f"{name}.sql").stat().st_mtime, UTC)


def names(folder: str) -> list[str]:
    """The names of the statements in a folder, sorted."""
    return sorted(path.stem for path in (_ROOT / folder).glob("*.sql"))


def digest(*names: str) -> str:
    """Eight hex digits that change when any of these statements changes: an asset's code version."""
    return digest_of(*(text(name) for name in names))


def digest_of(*texts: str) -> str:
    """The same of statements that declarations fill in."""
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:8]


@cache
def digest_of_program() -> str:
    """The SHA-256, in hex, of all statements and modules: what another program computed may mean something else. Takes 20 ms."""
    files = sorted({*_HERE.rglob("*.py"), *_ROOT.rglob("*.sql")})
    digests = (hashlib.sha256(file.read_bytes()).digest() for file in files)
    return hashlib.sha256(b"".join(digests)).hexdigest()
