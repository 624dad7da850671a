"""The story for programs: the same words as on the slides, with the address and the alternative text of each card."""

import json

from wrapped_assets.serving.cards.card_layout import SIZES, SUMMARY, names
from wrapped_assets.slides.links import Links
from wrapped_assets.slides.moments import Slideshow


def story_json(show: Slideshow, links: Links) -> bytes:
    """The story's JSON: who, which year, how far, and its moments in order."""
    story = {
        "company": show.company,
        "year": show.year,
        "through": show.document.model_dump(mode="json", include={"through"})["through"],
        "page": links.absolute(links.page),
        "card": _cards(SUMMARY, links),
        "film": links.absolute(links.under("story.mp4")) if links.has_film else None,
        "moments": [
            {
                "name": moment.name,
                "label": moment.label,
                "figure": moment.figure,
                "unit": moment.unit,
                "sentences": [*moment.sentences],
                "rows": [{"name": row.name, "told": row.told} for row in moment.rows],
                "comparison": moment.comparison,
                "alt": moment.alt,
                "card": _cards(moment.name, links) if moment.name in names(show) else None,
            }
            for moment in show.moments
        ],
        # A document with the operator's fields gives away no more than the page.
        "document": show.document.model_dump(mode="json", include={*show.product.model.model_fields}),
    }
    return json.dumps(story, ensure_ascii=False, separators=(",", ":")).encode()


def _cards(name: str, links: Links) -> dict[str, str]:
    return {
        f"{size}.{form}": links.absolute(links.card(name, size, form))
        for size in SIZES
        for form in ("png", "jpg")
    }
