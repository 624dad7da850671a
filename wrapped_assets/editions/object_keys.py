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
from collections.abc import Iterable

MANIFEST, COMPLETE, SNAPSHOT = "manifest.json", "complete", "serving.duckdb"
INDEX = "index"
CURRENT = "current"

NUMBER = re.compile(r"v([1-9][0-9]{0,8})")
SEQUENCE = re.compile(r"([0-9]{8})\.json")
YEAR = re.compile(r"([1-9][0-9]{3})")


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


def numbers(names: Iterable[str], kind: re.Pattern[str]) -> list[int]:
    """The numbers in those of the names that are of this kind, ascending: 12 in `v12`, `00000012.json`."""
    return sorted(int(found[1]) for name in names if (found := kind.fullmatch(name)))
