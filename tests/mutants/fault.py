"""What a deliberate fault is."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Fault:
    """A mistake that a colleague might make, planted in one file, and the tests that must not let it pass."""

    name: str
    """The mistake in words."""
    file: str
    """Where it is made, from the top of the repository."""
    before: str
    """What stands there, exactly once."""
    after: str
    """What the mistake puts in its place."""
    tests: tuple[str, ...]
    """The tests of which at least one must fail, as `tests/test_file.py::test_name`, the cheapest that do."""

    def plant(self, root: Path) -> None:
        """Make the mistake in the copy of the repository at `root`; ValueError where its place is not to be found."""
        path = root / self.file
        text = path.read_text()
        if text.count(self.before) != 1:
            raise ValueError(
                f"The fault '{self.name}' cannot be planted in {self.file}.\n"
                f"  The text it changes stands there {text.count(self.before)} times, not once: {self.before!r}.\n"
                "  Next: give it the text that stands there now, in tests/mutants/faults/."
            )
        path.write_text(text.replace(self.before, self.after))
