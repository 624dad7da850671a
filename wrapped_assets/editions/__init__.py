"""Published editions: numbered immutable versions in a folder or a bucket, and the pointer that says which one is read.

`reader` is what serving uses, `publisher` what an operator's commands and the asset use. Nothing here knows what a document
is about: an edition publishes bytes for subjects. Dagster, warehouses and the environment are other people's business.
"""

from wrapped_assets.editions.contents import Contents, Outcome
from wrapped_assets.editions.errors import PublicationRefused
from wrapped_assets.editions.manifest import CheckResult, Manifest
from wrapped_assets.editions.publisher import Publisher
from wrapped_assets.editions.reader import Published
from wrapped_assets.editions.version import Document, Version

__all__ = [
    "CheckResult",
    "Contents",
    "Document",
    "Manifest",
    "Outcome",
    "PublicationRefused",
    "Published",
    "Publisher",
    "Version",
]
