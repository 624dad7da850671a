"""Running the graph through Dagster from a terminal: the same assets, the same instance the UI shows."""

import socket
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import dagster as dg

from wrapped_assets import products
from wrapped_assets.assets.common import REFRESH_TAG
from wrapped_assets.definitions import defs
from wrapped_assets.landing.store import LandingStoreError
from wrapped_assets.launcher import HOST_TAG
from wrapped_assets.partitions import key_range
from wrapped_assets.periods import MONTHLY, WEEKLY, Span
from wrapped_assets.product import BucketedProduct, Product
from wrapped_assets.products import BUCKETED, FAMILIES, SOURCES
from wrapped_assets.resources.checks import CHECKS
from wrapped_assets.resources.errors import Refused, WarehouseMissing
from wrapped_assets.resources.open import open_landing, open_warehouse
from wrapped_assets.resources.unrecognized import SHOWN
from wrapped_assets.resources.warehouse import Pending, Reader
from wrapped_assets.sensors.follow_changes import due, next_runs, stale
from wrapped_assets.sensors.jobs import DAY_LAYERS
from wrapped_assets.sensors.landing_files import News, news
from wrapped_assets.sensors.runs import History, calendar, range_tags, ranges, run_over
from wrapped_assets.settings import Settings

# Dagster prints every event of a run; a terminal wants errors and a progress bar.
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


_Answer = TypeVar("_Answer")


class RunFailed(Refused):
    """A run of the graph failed; what had been committed stays, and building again goes on from there."""

    def __init__(self, job: str, run_id: str, step: str, error: str) -> None:
        super().__init__(
            f"The run {run_id[:8]} of {job} failed in {step}.\n  {error}\n"
            "  Next: correct what it names and run the same command again; it goes on where this stopped."
        )


class NoLanding(Refused):
    """The landing store is not there, or holds nothing that anybody could import."""

    def __init__(self, failed: str, seen: str) -> None:
        super().__init__(
            f"Nothing was imported: {failed}.\n  {seen}\n"
            "  Next: check WRAPPED_LANDING_URL and WRAPPED_HOME, or put files there (docs/landing-contract.md)."
        )


class NothingMoved(Refused):
    """Runs that succeeded left stale what they were to refresh."""

    def __init__(self, requests: list[str]) -> None:
        super().__init__(
            f"The build stopped: the same partitions are stale after being refreshed.\n  Still to do: {requests}\n"
            "  Next: this is a defect of this program, not of your data; please report it with these lines."
        )


def run(
    opened: dg.DagsterInstance,
    job: str,
    tags: Mapping[str, str] | None = None,
    config: Mapping[str, Any] | None = None,
    assets: Sequence[dg.AssetKey] | None = None,
) -> dg.ExecuteInProcessResult:
    """Run a job of the graph, or these assets of it, in this process; raises RunFailed with the first error."""
    definition = defs.resolve_job_def(job)
    if assets is not None:
        definition = definition.get_subset(asset_selection=set(assets), asset_check_selection=set())
    result = definition.execute_in_process(
        instance=opened,
        tags={HOST_TAG: socket.gethostname(), **(tags or {})},
        run_config={**_QUIET, **(config or {})},
        raise_on_error=False,
    )
    if not result.success:
        failed = next(event for event in result.all_events if event.is_step_failure)
        error = failed.step_failure_data.error
        cause = error.cause if error and error.cause else error
        text = cause.message.strip() if cause else "no error was recorded"
        raise RunFailed(job, result.run_id, failed.step_key or job, text.replace("\n", "\n  "))
    return result


def export(opened: dg.DagsterInstance, settings: Settings, span: Span) -> int:
    """Export these days of every region, and the names and owners; returns the number of runs."""
    first, last = min(settings.regions), max(settings.regions)
    days = key_range(f"{span.start}|{first}", f"{span.end - timedelta(days=1)}|{last}")
    run(opened, "export_regions", {**days, REFRESH_TAG: "export"})
    run(opened, "export_snapshots", {**key_range(first, last), REFRESH_TAG: "export"})
    return 2


def build(opened: dg.DagsterInstance, settings: Settings, span: Span) -> int:
    """Import what is new for these days and refresh whatever is stale; returns the number of runs, 0 for none.

    The runs are those the sensors would ask for.
    """
    runs = 0
    found = _news(settings, span)
    if found.days or found.dimensions:
        _require_warehouse(settings)
    for days in ranges(found.days):
        request = run_over("build_days", days, "build", ["landing", *DAY_LAYERS], found.families)
        run(opened, "build_days", request.tags, assets=request.asset_selection)
        runs += 1
    if found.dimensions:
        run(opened, "refresh_identities", {REFRESH_TAG: "build"})
        runs += 1
    before: list[dg.RunRequest] = []
    while requests := next_runs(_due(settings), History()):
        if requests == before:
            raise NothingMoved([f"{request.job_name} {request.tags}" for request in requests])
        before = requests
        for request in requests:
            tags = {**request.tags, REFRESH_TAG: "build"}
            run(opened, str(request.job_name), tags, assets=request.asset_selection)
            runs += 1
    return runs


def rebuild(
    opened: dg.DagsterInstance, settings: Settings, span: Span, product: BucketedProduct | None = None
) -> int:
    """Import what is new and rebuild every layer of these days from the one below; returns the number of runs."""
    _require_warehouse(settings)
    if product:
        return build(opened, settings, span) + _recount(opened, product, (span.end - timedelta(days=1)).year)
    run(opened, "build_days", {**range_tags(span), REFRESH_TAG: "build"}, _full("raw", "hourly", "daily"))
    for job, level in (("refresh_weeks", WEEKLY), ("refresh_months", MONTHLY)):
        run(opened, job, {**range_tags(level.covering(span), level), REFRESH_TAG: "build"}, _full(level.name))
    ops = dict.fromkeys((*products.DIMENSIONS, "wrapped_organizations"), _FULL_REFRESH)
    run(opened, "refresh_identities", {REFRESH_TAG: "build"}, {"ops": ops})
    years = key_range(span.start.year, (span.end - timedelta(days=1)).year)
    run(
        opened,
        "refresh_editions",
        {**years, REFRESH_TAG: "build"},
        {"ops": {"wrapped_summaries": _FULL_REFRESH}},
    )
    return 5 + build(opened, settings, span)


def _recount(opened: dg.DagsterInstance, product: BucketedProduct, year: int) -> int:
    ops = {f"{product.name}__pieces": _FULL_REFRESH}
    run(opened, f"refresh_{product.name}", {**key_range(year, year), REFRESH_TAG: "build"}, {"ops": ops})
    return 1


def pin(opened: dg.DagsterInstance, product: BucketedProduct, year: int) -> None:
    """Pin the catalog of an edition again, and compute the edition anew."""
    ops = {f"{product.name}__catalog": {"config": {"again": True}}}
    run(opened, f"refresh_{product.name}", {**key_range(year, year), REFRESH_TAG: "build"}, {"ops": ops})


def check(
    opened: dg.DagsterInstance, year: int, product: Product | None = None
) -> list[dg.AssetCheckEvaluation]:
    """Run every asset check over a year, or those of a product, through Dagster, so that the UI shows them too."""
    scope = {"config": {"year": year}}
    ops = {f"{'__'.join(check.asset)}_{check.name}": scope for check in CHECKS}
    for each in BUCKETED.values():
        ops |= {f"{each.name}__{check.table}_{check.name}": scope for check in each.checks}
    result = run(opened, "check_everything", {REFRESH_TAG: "check"}, {"ops": ops})
    found = list(result.get_asset_check_evaluations())
    if product is None:
        return found
    own = {product.name, *product.families, *product.dimensions}
    return [evaluation for evaluation in found if own & {*evaluation.asset_key.path}]


def publish(opened: dg.DagsterInstance, year: int, sample: bool) -> int:
    """Make a version of an edition, through Dagster; its number."""
    config = {"ops": {"wrapped_publication": {"config": {"sample": sample}}}}
    result = run(opened, "publish_editions", {**key_range(year, year), REFRESH_TAG: "publish"}, config)
    (made,) = result.asset_materializations_for_node("wrapped_publication")
    return int(str(made.metadata["version"].value))


_FULL_REFRESH = {"config": {"full_refresh": True}}


def _full(*layers: str) -> dict[str, Any]:
    return {"ops": {"__".join(pair): _FULL_REFRESH for pair in products.layers(*layers)}}


def require_landing(settings: Settings) -> None:
    """Raise NoLanding at an address that looks mistyped: it would pass for one in which nothing is new."""
    store, url = open_landing(settings), settings.landing_url
    if not store.exists():
        raise NoLanding(
            f"there is no folder at {url}",
            "It holds the files that regions write, and every import starts there.",
        )
    try:
        names = store.top()
    except LandingStoreError:
        # A bucket's policy may allow the families' prefixes only; one that does not answer says so here.
        store.days(next(iter(FAMILIES)))
        return
    if names.folders & SOURCES.keys() or _has_imported(settings):
        return
    seen = sorted({*(f"{folder}/" for folder in names.folders), *names.files, *names.skipped})
    more = f" and {len(seen) - SHOWN} more" if len(seen) > SHOWN else ""
    raise NoLanding(
        f"{url} holds no folder of a family or dimension",
        f"Looked for: {', '.join(SOURCES)}. Seen there: {', '.join(seen[:SHOWN]) or 'nothing'}{more}.",
    )


def _has_imported(settings: Settings) -> bool:
    """Whether the ledger holds any file."""
    return _asked(settings, lambda reader: any(reader.known(source, None) for source in SOURCES)) or False


def _asked(settings: Settings, ask: Callable[[Reader], _Answer]) -> _Answer | None:
    """What the warehouse says; None where there is none yet."""
    try:
        with open_warehouse(settings).reading() as reader:
            return ask(reader)
    except WarehouseMissing:
        return None


def _require_warehouse(settings: Settings) -> None:
    """A place that cannot be written is told here; inside a run it would fail every partition one by one."""
    with open_warehouse(settings).writing():
        pass


def _news(settings: Settings, span: Span) -> News:
    """What landed in the span, and of the dimensions, that the ledger does not hold."""
    store = open_landing(settings)
    found = _asked(settings, lambda reader: news(store, reader.known, span))
    return found or news(store, lambda source, days: {}, span)


def _due(settings: Settings) -> Pending:
    now = datetime.now(UTC)
    pending = _asked(settings, lambda reader: stale(reader, now))
    return due(pending, calendar(now), now, live_day_refreshed=None) if pending else Pending()
