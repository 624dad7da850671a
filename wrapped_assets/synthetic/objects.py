"""Where a landing object lies, and how a partitioned COPY's files become objects."""

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True, order=True)
class LandingObject:
    """One Parquet file of a family in landing, and how many rows an export put into it."""

    family: str
    day: date
    region: str
    name: str
    rows: int

    @property
    def key(self) -> str:
        """Its path under the landing root."""
        return f"{self.family}/dt={self.day}/region={self.region}/{self.name}.parquet"


def arrange(copied: Path, family: str, landing: Path) -> None:
    """Move what a COPY partitioned by [folder_day,] folder_region and object wrote to where landing wants it.

    The COPY's own names (`data_0.parquet`) say nothing, and its partition columns would be missing from the
    files or doubled, so it partitions by columns of other names, which end here.
    """
    for file in copied.rglob("*.parquet"):
        *folders, name = (part.partition("=") for part in file.relative_to(copied).parent.parts)
        prefixes = {"folder_day": "dt", "folder_region": "region"}
        target = landing.joinpath(family, *(f"{prefixes[key]}={value}" for key, _, value in folders))
        target.mkdir(parents=True, exist_ok=True)
        os.rename(file, target / f"{name[2]}.parquet")


def publish(arranged: Path, landing: Path) -> int:
    """Move finished objects into landing and count them. An object that is already there is left as it is."""
    published = 0
    for file in sorted(arranged.rglob("*.parquet")):
        target = landing / file.relative_to(arranged)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            os.rename(file, target)
            published += 1
    return published
