"""The scripts, styles and fonts of the pages, read once: each with its type, its compressed form and a digest of all.

The digest is part of every address, so that a browser may keep a file for ever and a new release is fetched at once. Scripts
name each other by relative addresses and so stay below one digest together.
"""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("static")
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".woff2": "font/woff2"}
FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class StaticFile:
    """One file as it is sent."""

    body: bytes
    zipped: bytes | None
    """With gzip; None where that saves nothing."""

    content_type: str


@cache
def static_files() -> dict[str, StaticFile]:
    """Every file by its name."""
    return {path.name: _read(path) for path in sorted(FOLDER.iterdir()) if path.suffix in TYPES}


@cache
def static_path() -> str:
    """Where they are: "/static/<digest>"."""
    digest = hashlib.sha256()
    for name, file in static_files().items():
        digest.update(f"{name}:{len(file.body)}:".encode() + file.body)
    return f"/static/{digest.hexdigest()[:12]}"


def _read(path: Path) -> StaticFile:
    body = path.read_bytes()
    zipped = gzip.compress(body, 9, mtime=0) if path.suffix != ".woff2" else None
    return StaticFile(body, zipped, TYPES[path.suffix])
