"""Where everything is in the published store.

claims/<year>/v<N>                        who took the number N; never removed, so that no number is ever used twice
editions/<year>/v<N>/<2 hex>/<sha256>.json  a document, named by its own bytes
editions/<year>/v<N>/index/<hex>.tsv      which subject has which document, a piece of it (see index.py)
editions/<year>/v<N>/serving.duckdb       what the API answers from
editions/<year>/v<N>/manifest.json        what all of it amounts to
editions/<year>/v<N>/complete             the marker, written last: without it, nothing above is read
current/<year>/<sequence>.json            one object for each promotion or rollback; the newest is the pointer
"""

import re

MANIFEST, COMPLETE, SNAPSHOT = "manifest.json", "complete", "serving.duckdb"
INDEX = "index"
CURRENT = "current"

_NUMBER = re.compile(r"v([1-9][0-9]{0,8})")
_SEQUENCE = re.compile(r"([0-9]{8})\.json")
_YEAR = re.compile(r"[1-9][0-9]{3}")


def claims(year: int) -> str:
    """The folder of the numbers that were taken."""
    return f"claims/{year}"


def editions(year: int) -> str:
    """The folder of a year's versions."""
    return f"editions/{year}"


def version(year: int, number: int) -> str:
    """The folder of one version."""
    return f"{editions(year)}/v{number}"


def document(sha256: str) -> str:
    """A document inside its version's folder; 256 folders, so that none of them grows beyond use."""
    return f"{sha256[:2]}/{sha256}.json"


def promotions(year: int) -> str:
    """The folder of a year's pointer."""
    return f"{CURRENT}/{year}"


def promotion(year: int, sequence: int) -> str:
    """One move of the pointer."""
    return f"{promotions(year)}/{sequence:08}.json"


def number_of(name: str) -> int | None:
    """The number in `v12`; None for a name that is no version."""
    found = _NUMBER.fullmatch(name)
    return int(found[1]) if found else None


def sequence_of(name: str) -> int | None:
    """The sequence in `00000012.json`; None for a name that is no promotion."""
    found = _SEQUENCE.fullmatch(name)
    return int(found[1]) if found else None


def year_of(name: str) -> int | None:
    """The year in `2025`; None for a name that is no year."""
    return int(name) if _YEAR.fullmatch(name) else None
