"""The scripts, styles and fonts of the pages, read once.

A digest of all is part of every address, so that a browser may keep a file for ever and a new release is fetched at once. Scripts
name each other by relative addresses and so stay below one digest together.
"""

import hashlib
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("static")
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".woff2": "font/woff2"}
FOR_EVER = "public, max-age=31536000, immutable"


@cache
def static_files() -> dict[str, bytes]:
    """Every file by its name."""
    return {path.name: path.read_bytes() for path in sorted(FOLDER.iterdir()) if path.suffix in TYPES}


@cache
def static_path() -> str:
    """Where they are: "/static/<digest>"."""
    digest = hashlib.sha256()
    for name, body in static_files().items():
        digest.update(f"{name}:{len(body)}:".encode() + body)
    return f"/static/{digest.hexdigest()[:12]}"
