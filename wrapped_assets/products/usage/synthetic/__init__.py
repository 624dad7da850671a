"""A synthetic source: invented companies, a year of their usage in several regions, and the truth about it.

Nothing here knows the pipeline. It writes what the pipeline reads (regional databases, landing files), with
the accidents of real exports among it, and counts for itself what should come out. The same `World` is the
same content every time; the SQL that makes it is in `sql/products/usage/synthetic/`.
"""

from wrapped_assets.products.usage.synthetic.landing import write_history
from wrapped_assets.products.usage.synthetic.regions import create_table, write_regions
from wrapped_assets.products.usage.synthetic.truth import CustomerTruth, Truth, truth
from wrapped_assets.products.usage.synthetic.world import World

__all__ = [
    "CustomerTruth",
    "Truth",
    "World",
    "create_table",
    "truth",
    "write_history",
    "write_regions",
]
