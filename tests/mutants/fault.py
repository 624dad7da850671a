"""What a deliberate fault is, and how the list of them in `faults.txt` is read."""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

_TOKEN = re.compile(r"\.\.\.|\w+|[^\w\s]")
_HOLE = re.compile(r"\s*\.\.\.\s*|\b[XYZ]\b")
# What three dots of a pattern are: as little as possible, with the white space around it, and at most the lines of one statement.
_DOTS = ".{0,600}?"


@dataclass(frozen=True)
class Fault:
    """A mistake that a colleague might make, and the tests that must not let it pass."""

    name: str
    """The mistake in words."""
    place: frozenset[str]
    """Words of the path of the file that it is made in, where the pattern alone fits several; mostly a statement's name."""
    before: str
    """A pattern of what stands there: X, Y and Z are any names, three dots are any text, and white space does not count."""
    after: str
    """What the mistake puts in its place, with the same X, Y, Z and texts."""
    tests: tuple[str, ...]
    """The tests of which at least one must fail, as pytest selects them, the cheapest that do."""

    def plant(self, root: Path) -> Path:
        """Make the mistake in the copy of the repository at `root`; the file that it is in."""
        path, text = self.planted(root)
        path.write_text(text)
        return path

    def planted(self, root: Path) -> tuple[Path, str]:
        """A file and its text with the mistake in it; ValueError unless the pattern fits in exactly one place."""
        found = [
            (path, text, match)
            for path, text in _texts(root)
            if self.place <= {*re.split(r"\W", path.relative_to(root).as_posix())}
            for match in self._pattern.finditer(text)
        ]
        if len(found) != 1:
            raise ValueError(
                f"The fault '{self.name}' cannot be planted.\n"
                f"  {self.before!r} fits in {len(found)} places: {[str(path) for path, *_ in found]}.\n"
                "  Next: give it a pattern that fits in one, in tests/mutants/faults.txt."
            )
        ((path, text, match),) = found
        dots = iter(value for name, value in match.groupdict().items() if name.startswith("dots"))
        after = _HOLE.sub(lambda hole: next(dots) if "..." in hole[0] else match[hole[0]], self.after)
        return path, text[: match.start()] + after + text[match.end() :]

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        parts: list[str] = []
        for token in _TOKEN.findall(self.before):
            if token == "...":
                parts.append(rf"(?P<dots{len(parts)}>{_DOTS})")
            elif _HOLE.fullmatch(token):
                known = any(f"(?P<{token}>" in part for part in parts)
                parts.append(rf"\s*(?P={token})" if known else rf"\s*(?P<{token}>(?<![\w.])[\w.]+)")
            elif token in ")]}":
                # A formatter puts a comma at the end of a list that it breaks into lines.
                parts.append(rf"\s*,?\s*{re.escape(token)}")
            else:
                parts.append(rf"\s*\b{token}\b" if re.match(r"\w", token) else rf"\s*{re.escape(token)}")
        pattern = "".join(parts).removeprefix(r"\s*")
        return re.compile(pattern.replace(rf"{_DOTS})\s*", f"{_DOTS})"), re.DOTALL)


def read(path: Path) -> tuple[Fault, ...]:
    """The faults of a list: each is its name, its change and its tests, a line each. A change is [in WORDS: ]BEFORE => AFTER."""
    return tuple(_fault(block) for block in re.split("^# ", path.read_text(), flags=re.MULTILINE)[1:])


def _fault(block: str) -> Fault:
    name, change, *tests = (line for line in block.splitlines() if line and not line.startswith("## "))
    parts = re.fullmatch(r"(?:in ([\w ]+): )?(.+?) =>(?: (.+))?", change)
    assert parts, f"'{name}' has no change as [in WORDS: ]BEFORE => AFTER: {change}"
    place, before, after = parts.groups(default="")
    return Fault(
        name,
        frozenset(place.split()),
        before,
        after,
        tuple(f"tests/{test.replace('::', '.py::', 1)}" for test in tests),
    )


@lru_cache(1)
def _texts(root: Path) -> list[tuple[Path, str]]:
    files = [*(root / "wrapped_assets").rglob("*.py"), *(root / "sql").rglob("*.sql")]
    return [(path, path.read_text()) for path in files]


FAULTS = read(Path(__file__).with_name("faults.txt"))
"""The faults, by the part of the pipeline that they are made in, in the order data flows."""
