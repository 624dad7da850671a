"""Listeners of music: what they played, and the catalog of tracks and artists."""

from wrapped_assets.product import Product
from wrapped_assets.products.listening import families

LISTENING = Product("listening", families.FAMILIES, families.DIMENSIONS)
