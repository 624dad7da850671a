"""Packages from npm that tests use, fetched once into the user's cache folder."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path


class NotToBeHad(Exception):
    """Why they are not here."""


def packages(*wanted: str) -> Path:
    """A folder in whose `node_modules` these are, each with its exact version; nothing that they bring is run to install them."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise NotToBeHad("node and npm are not installed")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "wrapped-tests"
    found = cache / f"npm-{hashlib.sha256(repr(wanted).encode()).hexdigest()[:16]}"
    cache.mkdir(parents=True, exist_ok=True)
    # Several test processes want them at once: one fetches.
    with (cache / "npm-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not found.exists():
            with tempfile.TemporaryDirectory(dir=cache) as place:
                _install(Path(place) / "new", wanted)
                (Path(place) / "new").rename(found)
    return found


def _install(folder: Path, wanted: tuple[str, ...]) -> None:
    folder.mkdir()
    command = ["npm", "install", "--silent", "--ignore-scripts", "--no-audit", "--no-fund", *wanted]
    (folder / "package.json").write_text("{}")
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        raise NotToBeHad(f"`{' '.join(command)}` failed: {done.stderr.strip()[-500:]}")
