"""What cards cost: `python -m benchmarks.cards`. Every card of a rich year in both sizes, schemes and formats, then the summary cards of 200 customers.

CPU time of one process after a card that is not counted: fonts are read once. The same card drawn again must be the same bytes.
"""

import resource
import statistics
import time
from collections.abc import Callable

from benchmarks.measure import machine
from tests.year_documents import rich
from wrapped_assets.products.usage import USAGE
from wrapped_assets.serving.cards.card_layout import SIZES, SUMMARY, card, names
from wrapped_assets.serving.cards.raster import jpeg, png
from wrapped_assets.serving.pages.theme import SCHEMES, Scheme, default_theme
from wrapped_assets.slides.glyphs import shared_fonts
from wrapped_assets.slides.moments import Slideshow

CUSTOMERS = 200


def main() -> None:
    """Print CPU milliseconds a card and the peak of memory."""
    story = USAGE.tell(rich().published(), "Café Ångström")
    _drawn(story, SUMMARY, "1080x1920", "light")
    print(f"{machine()}; {len(names(story)) * len(SIZES) * len(SCHEMES)} cards of one customer")
    costs = {}
    for name in names(story):
        for size in SIZES:
            for scheme in SCHEMES:
                cost, first = _cost(lambda n=name, s=size, c=scheme: _drawn(story, n, s, c))  # type: ignore[misc]
                if first != _drawn(story, name, size, scheme):
                    raise SystemExit(f"{name} {size} {scheme} is not the same twice.")
                costs[name, size, scheme] = cost
    dearest = max(costs, key=costs.__getitem__)
    print(
        f"| a card, PNG: median, dearest CPU ms | {statistics.median(costs.values()):.0f}, {costs[dearest]:.0f} ({' '.join(dearest)}) | 250 |"
    )
    image = _drawn(story, SUMMARY, "1080x1920", "light")
    print(f"| JPEG of a PNG, CPU ms | {_cost(lambda: jpeg(image))[0]:.0f} | |")
    before, began = _peak_mb(), time.process_time()
    for seed in range(CUSTOMERS):
        _drawn(USAGE.tell(rich(seed).published(), f"Customer {seed}"), SUMMARY, "1200x630", "light")
    print(
        f"| {CUSTOMERS} customers' summary cards: CPU s, MB before and after | {time.process_time() - began:.1f}, {before:.0f} and {_peak_mb():.0f} | |"
    )


def _drawn(story: Slideshow, name: str, size: str, scheme: Scheme) -> bytes:
    drawn = card(story, name, size, default_theme(), shared_fonts(), scheme)
    return png(drawn.svg, drawn.fonts)


def _cost(make: Callable[[], bytes]) -> tuple[float, bytes]:
    began = time.process_time()
    made = make()
    return 1000 * (time.process_time() - began), made


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


if __name__ == "__main__":
    main()
