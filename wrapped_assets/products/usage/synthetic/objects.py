"""Landing objects: where each lies, how rows become objects, how finished objects get into landing."""

import os
from dataclasses import dataclass
from datetime import date
from functools import reduce
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

# Nearly every value of these differs: a dictionary of them would only be thrown away again.
_IDS_OF_EVENTS = {"request_id", "operation_id"}


@dataclass(frozen=True)
class LandingObject:
    """One Parquet file in landing and how many rows an export put into it. Dimensions have no day."""

    family: str
    day: date | None
    region: str
    name: str
    rows: int

    @property
    def key(self) -> str:
        """Its path under the landing root."""
        day = f"dt={self.day}/" if self.day else ""
        return f"{self.family}/{day}region={self.region}/{self.name}.parquet"


def write_objects(family: str, rows: pa.Table, folder: Path) -> list[LandingObject]:
    """Write rows that come in the order of their objects, each object's to its place under `folder`.

    The columns `folder_day` (dimensions have none), `folder_region` and `object` say which object; they are
    not written. DuckDB's partitioned COPY would do it too, but makes a directory for every single object, and
    ext4 is slow to make new files for a minute after so many are removed.
    """
    columns = [name for name in ("folder_day", "folder_region", "object") if name in rows.column_names]
    places, contents, objects = rows.select(columns), rows.drop_columns(columns), []
    for start, end in pairwise(_boundaries(places)):
        place = places.slice(start, 1).to_pylist()[0]
        landed = LandingObject(
            family, place.get("folder_day"), place["folder_region"], place["object"], end - start
        )
        write_object(contents.slice(start, end - start), folder / landed.key)
        objects.append(landed)
    return objects


def write_object(rows: pa.Table, file: Path) -> None:
    """Write one Parquet file, and the folders it lies in."""
    file.parent.mkdir(parents=True, exist_ok=True)
    dictionaries = [
        field.name
        for field in rows.schema
        if pa.types.is_string(field.type) and field.name not in _IDS_OF_EVENTS
    ]
    pq.write_table(rows, file, use_dictionary=dictionaries)


def publish(finished: Path, landing: Path) -> None:
    """Move finished objects into landing, whole folders if it can. An object that is there stays as it is."""
    for entry in sorted(finished.iterdir()):
        target = landing / entry.name
        if not target.exists():
            os.rename(entry, target)
        elif entry.is_dir():
            publish(entry, target)


def _boundaries(places: pa.Table) -> list[int]:
    """Where one object's rows end and the next one's begin, from 0 to the number of rows."""
    if not len(places):
        return []
    # Not group_by: its groups do not come in the order of the rows, whatever use_threads says.
    changes = [pc.not_equal(column[1:], column[:-1]) for column in places.columns]
    starts = pc.indices_nonzero(reduce(pc.or_, changes)).to_pylist()
    return [0, *(start + 1 for start in starts), len(places)]
