"""Makes one film in a process of its own, so that its memory is given back and a limit on its time can end it.

`python -m wrapped_assets.serving.cards.film_child PATH` reads the cards as JSON from its input: [[svg, [font file, ...]], ...].
"""

import json
import os
import resource
import sys
from pathlib import Path

from wrapped_assets.serving.cards.card_layout import Card
from wrapped_assets.serving.cards.film import write

MEMORY = 2 * 1024**3
"""Bytes of address space, most of it never touched: a film holds some 200 MB."""

PROCESSOR = 60
"""Seconds of processor. A film takes 4."""


def main() -> None:
    """Limit this process, and make the film."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR, PROCESSOR))
    # Pages and cards go first: who asks for a film waits anyway.
    os.nice(5)
    shown = [Card(svg, tuple(map(Path, fonts)), "") for svg, fonts in json.load(sys.stdin)]
    write(shown, Path(sys.argv[1]))


if __name__ == "__main__":
    main()
