"""The pointer of a year: which version is current, and how that came about.

It is a row of objects, one for each promotion or rollback, and the newest counts. So moving it is creating the next object,
which one of all who try can do, on a folder as on a bucket; nothing is overwritten and the history is kept; and a reader that
knows the newest sees a move by asking for one small object that is not there yet.
"""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from wrapped_assets.editions import object_keys
from wrapped_assets.editions.errors import Damaged
from wrapped_assets.editions.store import Store

Why = Literal["promote", "rollback"]


class Promotion(BaseModel):
    """One move of a year's pointer."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    sequence: int
    year: int
    number: int
    manifest: str
    """The SHA-256 of the version's manifest."""

    why: Why
    moved_at: datetime
    before: int | None
    """The sequence of the move that a rollback of this one returns to; None when nothing was current before."""

    token: str
    """Random: two who write the same at once are still two."""


def newest(store: Store, year: int, known: Promotion | None = None) -> Promotion | None:
    """The move that counts, None when there was none. One small get when it is still the known one."""
    if known is None:
        sequences = _sequences(store, year)
        if not sequences:
            return None
        known = read(store, year, sequences[-1])
    while following := _read(store, year, known.sequence + 1):
        known = following
    return known


def read(store: Store, year: int, sequence: int) -> Promotion:
    """One move of the history; Damaged when it is gone."""
    found = _read(store, year, sequence)
    if found is None:
        raise Damaged(f"The pointer of {year}", f"{object_keys.promotion(year, sequence)} is not there.")
    return found


def history(store: Store, year: int) -> list[Promotion]:
    """Every move, the newest last."""
    return [read(store, year, sequence) for sequence in _sequences(store, year)]


def move(store: Store, promotion: Promotion) -> bool:
    """Make this move; False when somebody else made one with the same sequence first."""
    content = promotion.model_dump_json(indent=1).encode() + b"\n"
    return store.create(object_keys.promotion(promotion.year, promotion.sequence), content)


def _sequences(store: Store, year: int) -> list[int]:
    return object_keys.numbers(store.names(object_keys.promotions(year)), object_keys.SEQUENCE)


def _read(store: Store, year: int, sequence: int) -> Promotion | None:
    content = store.read(object_keys.promotion(year, sequence))
    if content is None:
        return None
    try:
        return Promotion.model_validate_json(content)
    except ValidationError as error:
        what = f"{object_keys.promotion(year, sequence)}: {error.errors()[0]['msg']}."
        raise Damaged(f"The pointer of {year}", what) from None
