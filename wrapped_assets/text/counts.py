"""Numbers of things, in words."""


def plural(number: int, noun: str) -> str:
    """The noun for this many."""
    return noun if number == 1 else f"{noun}s"


def how_many(number: int, noun: str) -> str:
    """An exact number of something, for operators: "1 file", "2,000 files"."""
    return f"{number:,} {plural(number, noun)}"
