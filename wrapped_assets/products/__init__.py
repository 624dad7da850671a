"""The products. Other packages know them by this list and the contract in `wrapped_assets.product`, never by name."""

from wrapped_assets.product import Product
from wrapped_assets.products.usage import USAGE

DEFAULT = USAGE
"""What is meant where no product is named."""

PRODUCTS: dict[str, Product] = {product.name: product for product in (USAGE,)}
