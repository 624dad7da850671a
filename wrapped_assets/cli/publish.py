"""`wrapped publish | promote | rollback | versions`: what readers see of an edition, decided from a terminal."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from wrapped_assets.command import wrapped
from wrapped_assets.settings import Settings
from wrapped_assets.text.counts import how_many
from wrapped_assets.text.terminal import bars, console, say

if TYPE_CHECKING:
    from wrapped_assets.editions import Manifest, Publisher
    from wrapped_assets.editions.catalog import Listed
    from wrapped_assets.editions.pointer import Promotion

app = typer.Typer(rich_markup_mode="markdown")

Year = Annotated[int, typer.Option("--year", "-y", help="The edition.", min=1990, max=2200)]

_PAGES_ONLY = (
    "It has no serving snapshot, since rows came too late before it was published:"
    " it is for pages only, and while it is current no endpoint answers about the year."
)


@app.command()
def publish(
    year: Year,
    sample: Annotated[
        bool,
        typer.Option("--sample", help="A dry run: a hundredth of the customers, never to be promoted."),
    ] = False,
) -> None:
    """Write an edition as a new version: every document, the serving snapshot, a manifest.

    Nobody reads it before `wrapped promote`. Every check runs over the year, and the manifest keeps the results: one
    that fails keeps the version from being promoted. Safe to repeat and to interrupt: an interrupted version is never
    read, and the next one has another number. A frozen edition is published once and compared from then on.

    Example: `wrapped publish --year 2025 && wrapped promote --year 2025`.
    """
    settings = Settings.load()
    from wrapped_assets.cli import reports
    from wrapped_assets.resources.open import open_warehouse

    with open_warehouse(settings).reading() as reader:
        reports.require_edition(reader, settings, year, "publish")
        left_out = reader.left_out(year)
    from wrapped_assets.cli import running
    from wrapped_assets.cli.instance import dagster_instance

    started = datetime.now(UTC)
    with bars(), dagster_instance(settings) as instance:
        number = running.publish(instance, year, sample)
    manifest = _publisher(settings).version(year, number).manifest
    seconds = (datetime.now(UTC) - started).total_seconds()
    _tell(manifest, left_out, already=manifest.made_at < started, seconds=seconds)


@app.command()
def promote(
    year: Year,
    version: Annotated[
        int | None, typer.Option("--version", help="Its number; without, the newest that is complete.", min=1)
    ] = None,
) -> None:
    """Make a version the one that readers see. Refuses a dry run, and a version whose checks failed.

    Pages follow within a second, endpoints within some seconds. Safe to repeat: promoting what is current changes nothing.

    Example: `wrapped promote --year 2025 --version 3`.
    """
    publisher = _publisher(Settings.load())
    before = publisher.current(year)
    moved = publisher.promote(year, version)
    if before == moved:
        say(
            console,
            f"Nothing to do: version {moved.number} of {year} is current since {moved.moved_at:%F %T} UTC.",
        )
    else:
        _tell_move(publisher, moved, before)


@app.command()
def rollback(year: Year) -> None:
    """Make the version current again that was so before; repeated, the one before that.

    `wrapped promote` goes forward again.

    Example: `wrapped rollback --year 2025`.
    """
    publisher = _publisher(Settings.load())
    before = publisher.current(year)
    _tell_move(publisher, publisher.rollback(year), before)


@app.command()
def versions(year: Year) -> None:
    """List the versions of an edition, the newest first, and which one readers see.

    Example: `wrapped versions --year 2025`.
    """
    from wrapped_assets.editions import catalog

    publisher = _publisher(Settings.load())
    current = publisher.current(year)
    held = list(catalog.versions(publisher.store, year))
    if not held:
        make = wrapped(f"publish --year {year}")
        say(console, f"{publisher.store.url} holds no version of {year}: `{make}` makes one.")
        return
    table = Table("version", "made (UTC)", "documents", "state", title=f"Versions of {year}")
    for listed in held:
        manifest = listed.version.manifest if listed.version else None
        made = f"{manifest.made_at:%F %T}" if manifest else ""
        documents = f"{manifest.documents.count:,}" if manifest else ""
        state = _damaged(listed, current) if listed.damage else _state(manifest, current)
        table.add_row(str(listed.number), made, documents, state)
    console.print(table)


def _publisher(settings: Settings) -> "Publisher":
    from wrapped_assets.editions import Publisher
    from wrapped_assets.editions.open import open_publication

    return Publisher(open_publication(settings))


def _damaged(listed: "Listed", current: "Promotion | None") -> str:
    is_current = current is not None and current.number == listed.number
    return f"{'current; ' if is_current else ''}damaged: {str(listed.damage).splitlines()[1].strip()}"


def _state(manifest: "Manifest | None", current: "Promotion | None") -> str:
    if manifest is None:
        return "left incomplete: nobody reads it"
    if manifest.sample:
        return f"dry run, of {manifest.subjects:,}"
    told = ["current"] if current and current.number == manifest.number else []
    if manifest.frozen:
        told.append(f"frozen, {manifest.left_out:,} late rows left out")
    if failed := manifest.failed():
        told.append(f"cannot be promoted: {', '.join(failed)} failed")
    return "; ".join(told) or "complete"


def _tell(manifest: "Manifest", left_out: int, already: bool, seconds: float) -> None:
    year, number, count = manifest.year, manifest.number, manifest.documents.count
    if already:
        text = f"Nothing to do: the {year} edition is frozen, and version {number} holds it, document by document ({seconds:.1f} s)."
    else:
        documents = (
            f"{count:,} of {how_many(manifest.subjects, 'document')}"
            if manifest.sample
            else how_many(count, "document")
        )
        text = f"Published version {number} of {year}: {documents}, {manifest.content()[1]:,} bytes in {seconds:.1f} s."
    say(console, text)
    if left_out:
        say(console, f"The edition is frozen: {how_many(left_out, 'late row')} left out.", "yellow")
    if manifest.snapshot is None and not manifest.sample:
        say(console, _PAGES_ONLY, "yellow")
    if failed := manifest.failed():
        say(
            console,
            f"It cannot be promoted; these checks failed: {', '.join(failed)}. `{wrapped(f'check --year {year}')}` shows why."
            " Mend that, then publish again.",
            "yellow",
        )
    elif manifest.sample:
        say(console, "A dry run is never promoted; look at it, then publish without --sample.")
    else:
        say(console, f"Next: `{wrapped(f'promote --year {year} --version {number}')}`")


def _tell_move(publisher: "Publisher", moved: "Promotion", before: "Promotion | None") -> None:
    manifest = publisher.version(moved.year, moved.number).manifest
    was = f"; it was version {before.number}" if before else ""
    through = f"{how_many(manifest.documents.count, 'document')}, through {manifest.through:%F %T} UTC"
    say(console, f"Version {moved.number} of {moved.year} is current now ({through}){was}.")
    if manifest.snapshot is None:
        say(console, f"{_PAGES_ONLY} `{wrapped(f'rollback --year {moved.year}')}` goes back.", "yellow")
