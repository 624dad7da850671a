"""The films that were asked for lately, in a folder that the workers of a server share: each is made once, one at a time.

The folder ends with the server, so a film's name needs not say in which theme it is or by which program.
"""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from wrapped_assets.serving.cards.card_layout import Card

KEPT_BYTES = 256 * 1024 * 1024
"""A film has about 1 MB."""

SECONDS = 120.0
"""How long making one may take before it is ended, on a machine that is busy with other things."""

CHILD = "wrapped_assets.serving.cards.film_child"


class NotFilmed(Exception):
    """A film could not be made."""

    def __init__(self, cards: int, seen: str) -> None:
        super().__init__(
            f"The film of {cards} cards was not made.\n  The encoder said: {seen}.\n"
            "  Next: try another version of the library `av`; without the extra `video` no film is offered."
        )


class Films:
    """Films on disk, at most so many bytes; what was asked for longest ago goes first."""

    def __init__(self, folder: Path, most_bytes: int = KEPT_BYTES) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.most_bytes = folder, most_bytes

    def kept(self, name: str) -> bytes | None:
        """The film of this name, if it is there; it counts as asked for now. Waits for nobody."""
        path = self._path(name)
        with suppress(FileNotFoundError):
            film = path.read_bytes()
            os.utime(path)
            return film
        return None

    def of(self, name: str, cards: Sequence[Card]) -> bytes:
        """The film of this name, made of these cards when it is asked for first; NotFilmed when that fails."""
        film = self.kept(name)
        if film is None:
            with self._alone():
                # The process that held the lock before may have made this very film.
                film = self.kept(name) or self._made(cards, self._path(name))
        return film

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.mp4"

    def _made(self, cards: Sequence[Card], path: Path) -> bytes:
        unfinished = path.with_suffix(".part")
        text = json.dumps([[card.svg, [*map(str, card.fonts)]] for card in cards])
        try:
            ended = subprocess.run(  # noqa: S603 - this project's own module
                [sys.executable, "-m", CHILD, str(unfinished)],
                input=text.encode(), capture_output=True, timeout=SECONDS, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise NotFilmed(len(cards), f"nothing for {SECONDS:g} seconds") from None
        if ended.returncode:
            raise NotFilmed(len(cards), f"{_reason(ended.stderr)}, exit status {ended.returncode}")
        film = unfinished.read_bytes()
        os.replace(unfinished, path)
        self._make_room()
        return film

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One film at a time among all workers. The system opens the lock of a process that is killed."""
        with (self.folder / "lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _make_room(self) -> None:
        for abandoned in self.folder.glob("*.part"):
            abandoned.unlink()
        films = sorted(self.folder.glob("*.mp4"), key=lambda film: film.stat().st_mtime_ns, reverse=True)
        held = 0
        for film in films:
            held += film.stat().st_size
            if held > self.most_bytes:
                film.unlink()


def _reason(errors: bytes) -> str:
    """The exception at the end of a traceback, without the lines that go on from it."""
    lines = errors.decode(errors="replace").splitlines()
    return next((line for line in reversed(lines) if line and not line.startswith(" ")), "nothing")
