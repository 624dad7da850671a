"""What every moment is told from: the document, whose it is, and the reader's way of writing numbers."""

from typing import Any

from wrapped_assets.slides.comparisons import Unit, compare
from wrapped_assets.slides.numbers import Locale


class Teller:
    """Tells one document. What large numbers are set beside is used once each, in the order of the story."""

    def __init__(self, document: Any, company: str, locale: Locale) -> None:
        self.document, self.company, self.locale = document, company, locale
        self._used: set[str] = set()

    def compared(self, value: int, unit: Unit) -> str | None:
        """What this number is like, to read on from "That is"; None when nothing that is left fits."""
        comparison = compare(value, unit, self._used, self.locale)
        if comparison is None:
            return None
        self._used.add(comparison.thing.key)
        return comparison.text
