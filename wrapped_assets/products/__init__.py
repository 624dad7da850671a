"""The products, and all that lands for them. Other packages know them by these lists and the contract in `wrapped_assets.product`, never by name."""

from wrapped_assets.families import Dimension, Family, Source
from wrapped_assets.periods import LEVELS
from wrapped_assets.product import BucketedProduct, Product
from wrapped_assets.products.listening import LISTENING
from wrapped_assets.products.usage import USAGE

DEFAULT = USAGE
"""What is meant where no product is named."""

PRODUCTS: dict[str, Product] = {product.name: product for product in (USAGE, LISTENING)}

BUCKETED: dict[str, BucketedProduct] = {
    name: product for name, product in PRODUCTS.items() if isinstance(product, BucketedProduct)
}
"""Those whose editions have a database of their own."""

FAMILIES: dict[str, Family] = {
    name: family for product in PRODUCTS.values() for name, family in product.families.items()
}

DIMENSIONS: dict[str, Dimension] = {
    name: dimension for product in PRODUCTS.values() for name, dimension in product.dimensions.items()
}

SOURCES: dict[str, Source] = {**FAMILIES, **DIMENSIONS}

EXPORTED: tuple[str, ...] = tuple(name for name, source in SOURCES.items() if source.exported)
"""What regions' own databases hold. The rest lands by itself."""


def layers(*names: str) -> list[tuple[str, str]]:
    """The pairs of these layers (`landing`, `raw` or a level's name) and the families that have them, layer by layer."""
    return [
        (name, family.name)
        for name in names
        for family in FAMILIES.values()
        if name not in LEVELS or LEVELS[name] in family.levels
    ]
