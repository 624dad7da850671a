"""Hours that fresh files touch, and the pieces in which they are recomputed. Plain functions."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from wrapped_assets.landing.objects import LandingObject
from wrapped_assets.snapshot.history import HeldFile

# Files judged at once.
BATCH_FILES = 2_000
BATCH_BYTES = 256_000_000

# Landing rows deduplicated at once: what that takes of memory is the peak of a worker (223 MB; 287 with twice as many and twice the
# memory limit, for a third less CPU).
CHUNK_ROWS = 100_000

Hours = dict[date, int]
"""Hours by day: bit h is h to h + 1 o'clock, UTC."""


def batches(new: Iterable[LandingObject]) -> Iterator[list[LandingObject]]:
    """The files in batches of bounded number and size."""
    batch: list[LandingObject] = []
    for item in new:
        if len(batch) >= BATCH_FILES or sum(each.size for each in batch) + item.size > BATCH_BYTES:
            yield batch
            batch = []
        batch.append(item)
    if batch:
        yield batch


def chunks(touched: Hours, files: Sequence[HeldFile]) -> Iterator[Hours]:
    """The hours in runs that hold at most CHUNK_ROWS landing rows, or one hour if it alone holds more."""
    rows: Counter[tuple[date, int]] = Counter()
    for held in files:
        each = held.row_count // held.hours.bit_count()
        for hour in range(24):
            if held.hours >> hour & 1:
                rows[held.day, hour] += each
    chunk: Hours = {}
    size = 0
    for day, hours in sorted(touched.items()):
        for hour in (hour for hour in range(24) if hours >> hour & 1):
            if chunk and size + rows[day, hour] > CHUNK_ROWS:
                yield chunk
                chunk, size = {}, 0
            chunk[day] = chunk.get(day, 0) | 1 << hour
            size += rows[day, hour]
    if chunk:
        yield chunk


def count(hours: Hours) -> int:
    """How many hours these are."""
    return sum(each.bit_count() for each in hours.values())
