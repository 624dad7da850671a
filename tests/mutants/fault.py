"""What a deliberate fault is."""

import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Fault:
    """A mistake that a colleague might make, planted in one file, and the tests that must not let it pass."""

    name: str
    """The mistake in words."""
    file: str
    """Where it is made, from the top of the repository, or from any folder below it."""
    before: str
    """What stands there, exactly once, however it is broken into lines."""
    after: str
    """What the mistake puts in its place."""
    tests: tuple[str, ...]
    """The tests of which at least one must fail, as `tests/test_file.py::test_name`, the cheapest that do."""

    def plant(self, root: Path) -> None:
        """Make the mistake in the copy of the repository at `root`; ValueError where its place is not to be found."""
        path = self.path(root)
        path.write_text(self.planted(path.read_text()))

    def planted(self, text: str) -> str:
        """The file's text with the mistake in it; ValueError unless its place stands there once."""
        if text.count(self.before) == 1:
            return text.replace(self.before, self.after)
        found = list(self._pattern.finditer(text))
        if len(found) != 1:
            raise ValueError(
                f"The fault '{self.name}' cannot be planted in {self.file}.\n"
                f"  The text it changes stands there {len(found)} times, not once: {self.before!r}.\n"
                "  Next: give it the text that stands there now, in tests/mutants/faults/."
            )
        (place,) = found
        return text[: place.start()] + self.after.strip() + text[place.end() :]

    def path(self, root: Path) -> Path:
        """The file, wherever it was moved to; ValueError when there is none of its name, or several."""
        if (root / self.file).is_file():
            return root / self.file
        places = [*(root / "wrapped_assets").rglob("*.*"), *(root / "sql").rglob("*.sql")]
        found = [path for path in places if path.as_posix().endswith(f"/{Path(self.file).name}")]
        if len(found) != 1:
            raise ValueError(f"The fault '{self.name}' is in {self.file}, of which there are {len(found)}.")
        return found[0]

    @property
    def _pattern(self) -> re.Pattern[str]:
        """Its text with any white space between its words, and the comma that a formatter puts at the end of a list."""
        words = re.findall(r"\w+|[^\w\s]", self.before)
        parts = [re.escape(word) if word not in ")]}" else rf",?\s*{re.escape(word)}" for word in words]
        return re.compile(r"\s*".join(parts))
