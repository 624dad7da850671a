"""The subjects of a dry run: a hundredth, the same ones every time."""

from collections.abc import Iterable

from wrapped_assets.editions.index import place

ONE_IN = 100


def sampled(subjects: Iterable[str]) -> list[str]:
    """The subjects whose hash lies in the first hundredth of all hashes; of few subjects the one with the lowest.

    Another subject more or less changes nothing about the others.
    """
    places = {subject: place(subject) for subject in subjects}
    chosen = sorted(subject for subject, at in places.items() if at < 2**64 // ONE_IN)
    return chosen or [min(places, key=lambda subject: places[subject])] if places else []
