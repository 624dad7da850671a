"""Cutting work into pieces of bounded size, so that memory does not grow with the range."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date


def bounded(periods: Sequence[date], rows: Mapping[date, int], most: int) -> Iterator[list[date]]:
    """The periods in order, in pieces that read at most `most` rows, or one period if it alone reads more."""
    piece: list[date] = []
    total = 0
    for period in periods:
        here = rows.get(period, 0)
        if piece and total + here > most:
            yield piece
            piece, total = [], 0
        piece.append(period)
        total += here
    if piece:
        yield piece
