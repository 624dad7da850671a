"""What lies at the top of landing beside the families, and cannot be listed, stops no import."""

from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from obstore.exceptions import PermissionDeniedError

from tests.landing_files import files_of, request
from tests.pipeline import Pipeline
from wrapped_assets.assets.asset_checks import folders_are_read
from wrapped_assets.assets.stores import LandingResource
from wrapped_assets.landing.folder import Folder
from wrapped_assets.landing.objects import Skip
from wrapped_assets.landing.store import LandingStore
from wrapped_assets.periods import Span
from wrapped_assets.resources.unrecognized import at_top, not_imported
from wrapped_assets.sensors.landing_files import news


def one_day_landed(folder: Path) -> tuple[Pipeline, LandingStore]:
    """A landing folder with one request on 2025-03-01."""
    pipeline = Pipeline(folder)
    pipeline.land(*files_of(request(at="2025-03-01")))
    return pipeline, LandingStore.open(f"file://{pipeline.landing}")


def is_found_and_told(store: LandingStore, place: str, reason: str) -> None:
    """The day is news, and what could not be listed is told."""
    assert news(store, lambda source, days: {}, Span.year(2025)).days == {date(2025, 3, 1)}
    assert at_top(store) == {place: reason}


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


UNUSABLE = "has a name with a control character or an empty part"


def test_the_check_warns_of_names_that_are_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of its family's at any depth; the first family's also of what belongs to none, so that nobody is warned three times."""
    pipeline, store = one_day_landed(tmp_path)
    monkeypatch.setenv("WRAPPED_LANDING_URL", store.url)

    def found(family: str = "pipe_stats") -> dg.AssetCheckResult:
        result = folders_are_read(family)(dg.build_op_context(), LandingResource())
        assert isinstance(result, dg.AssetCheckResult)
        return result

    assert found().passed
    odd = ["pipe_stats/dt=2025-03-01/region=eu/a\tb", "workspaces/region=eu/c\nd"]
    for name in odd:
        (pipeline.landing / name).parent.mkdir(parents=True, exist_ok=True)
        (pipeline.landing / name).write_bytes(b"x")
    told = found()

    assert (told.passed, told.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert found("ingestion").passed and found("storage").passed
    assert told.metadata["first_broken_rows_as_data"].value == [
        {"place": "pipe_stats/dt=2025-03-01/region=eu/a\\x09b", "reason": UNUSABLE},
        {"place": "workspaces/region=eu/c\\x0ad", "reason": UNUSABLE},
    ]


def test_what_is_not_imported_after_a_build_is_named(tmp_path: Path) -> None:
    """What is skipped, and the files of the days that were built which the ledger does not hold in their version."""
    pipeline, store = one_day_landed(tmp_path)
    (pipeline.landing / "pipe_stats/dt=2025-03-01/region=eu/a\tb").write_bytes(b"x")
    ((item,),) = [page.objects for page in store.pages("pipe_stats")]
    day, place = date(2025, 3, 1), "pipe_stats/dt=2025-03-01/region=eu/a\\x09b"

    assert not_imported(store, "pipe_stats", [day], {item.key: item.etag}) == {place: UNUSABLE}
    assert not_imported(store, "pipe_stats", [], {}) == {place: UNUSABLE}
    assert not_imported(store, "pipe_stats", [day], {item.key: "another"}) == {
        place: UNUSABLE,
        item.key: "landed just now, or cannot be read",
    }
