"""What lies at the top of landing beside the families, and cannot be listed, stops no import."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from obstore.exceptions import PermissionDeniedError

from tests.landing_files import files_of, request
from tests.pipeline import Pipeline
from wrapped_assets.overlooked import strangers
from wrapped_assets.periods import Span
from wrapped_assets.resources.landing_folder import Folder, Skip
from wrapped_assets.resources.landing_store import LandingStore
from wrapped_assets.sensors.landing_files import news


def one_day_landed(folder: Path) -> tuple[Pipeline, LandingStore]:
    """A landing folder with one request on 2025-03-01."""
    pipeline = Pipeline(folder)
    pipeline.land(*files_of(request(at="2025-03-01")))
    return pipeline, LandingStore.open(f"file://{pipeline.landing}")


def is_found_and_told(store: LandingStore, place: str, reason: str) -> None:
    """The day is news, and what could not be listed is told."""
    assert news(store, lambda source, days: {}, Span.year(2025)).days == {date(2025, 3, 1)}
    assert strangers(store) == {place: reason}


def test_a_loop_of_links_at_the_top_stops_no_import(tmp_path: Path) -> None:
    """As a folder on disk may have it."""
    pipeline, store = one_day_landed(tmp_path)
    (pipeline.landing / "loop").symlink_to(pipeline.landing / "loop")
    is_found_and_told(store, "loop", "cannot be read: too many levels of symbolic links")


def test_a_top_that_may_not_be_listed_stops_no_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a bucket's policy may have it, which allows the families' prefixes only."""
    _, store = one_day_landed(tmp_path)
    names = Folder.names

    def denied(self: Folder, prefix: str, skip: Skip) -> Any:
        if not prefix:
            raise PermissionDeniedError("AccessDenied: status code: 403")
        return names(self, prefix, skip)

    monkeypatch.setattr(Folder, "names", denied)
    reason = "cannot be listed: the server refused the credentials, or they may not do this. (The server said: 403.)"
    is_found_and_told(store, "/", reason)
