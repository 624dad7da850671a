"""Films over HTTP: one that is kept is read at once, whatever film is being made meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from wrapped_assets.publication.cache import Bounded
from wrapped_assets.serving.cards.films import Films, digest
from wrapped_assets.serving.cards.layout import Card
from wrapped_assets.serving.keys import Page
from wrapped_assets.serving.site import Reply, Site, Subject, private
from wrapped_assets.serving.theme import Scheme
from wrapped_assets.serving.threads import Threads
from wrapped_assets.summaries import PublishedSummary

NAMED_BYTES = 1024 * 1024
"""What a worker remembers of which film is whose: some 1,500 films."""

SECONDS = 60.0
"""How long one may wait for a film: the machine makes one at a time. It goes on being made, for who asks again."""

_DIGEST_BYTES = 64 + 64
"""Of the document and of the cards, in hexadecimal."""

Shown = tuple[str, str | None, Scheme]
"""What a film depends on beside the theme: the document's sha256, the company's name, and whether it is light or dark.
Not the reader's language: films have English numbers.
"""


@dataclass(frozen=True)
class FilmRoutes:
    """Answers `GET /wrapped/<url_key>/story.mp4`."""

    site: Site
    films: Films
    drawing: Threads
    """Lays cards out, in turn with the drawing of others."""

    reading: Threads = field(default_factory=lambda: Threads(2))
    making: Threads = field(default_factory=lambda: Threads(1, SECONDS))
    _named: Bounded[Shown, str] = field(default_factory=lambda: Bounded(NAMED_BYTES))
    """The digest of the cards. To lay out 12 takes 26 ms of processor (measured), and a player asks for many parts."""

    async def answer(self, page: Page, scheme: Scheme) -> Reply:
        """The whole film; NotFilmed when it cannot be made."""
        shown = (page.document.sha256, page.link.company, scheme)
        known = self._named.get(shown)
        kept = await self.reading.run(self._kept, known) if known else None
        if kept is None:
            cards = await self.drawing.run(self._cards, page, scheme)
            known = digest(cards)
            self._named.put(shown, known, _DIGEST_BYTES)
            kept = await self.reading.run(self._kept, known)
        if kept is None:
            return await self.making.run(self._made, cards)
        return kept

    def _cards(self, page: Page, scheme: Scheme) -> list[Card]:
        document = PublishedSummary.model_validate_json(page.document.content)
        return self.site.film_cards(Subject(document, page.link.company), scheme)

    def _kept(self, name: str) -> Reply | None:
        film = self.films.kept(name)
        return None if film is None else _reply(film)

    def _made(self, cards: Sequence[Card]) -> Reply:
        return _reply(self.films.of(cards))


def _reply(film: bytes) -> Reply:
    return private(film, "video/mp4", {})
