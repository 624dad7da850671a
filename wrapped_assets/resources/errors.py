"""Errors of the stores and warehouses: each takes facts and says what failed, what was seen, what to do next."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from wrapped_assets.command import wrapped
from wrapped_assets.periods import Span


class Refused(Exception):
    """Base of what a command refuses to do, or could not finish, for a reason the user can act on."""


class WarehouseError(Exception):
    """Base of everything a warehouse refuses to do."""


class WarehouseBusy(WarehouseError):
    """Another process holds the warehouse for longer than this one was willing to wait."""

    def __init__(
        self, place: Path | str, holder: str, rule: str = "DuckDB allows one writer or many readers"
    ) -> None:
        super().__init__(
            f"The warehouse {place} could not be opened.\n"
            f"  {holder.capitalize()} has it open; {rule}.\n"
            "  Next: wait for that run to end (Dagster UI, Runs), or stop that process, then try again."
        )


class WarehouseMissing(WarehouseError):
    """Nothing has been built yet at this place."""

    def __init__(self, place: Path | str) -> None:
        super().__init__(
            f"There is no warehouse at {place}.\n"
            "  Nothing has been imported with these settings yet.\n"
            f"  Next: `{wrapped('demo')}` for the synthetic year, `{wrapped('build --year Y')}` for your own files,"
            " or set WRAPPED_HOME or WRAPPED_WAREHOUSE_URL to the place that was built."
        )


class FolderUnusable(WarehouseError):
    """A folder in which ClickHouse could not be opened in process."""

    def __init__(self, place: Path | str, seen: str, hint: str) -> None:
        super().__init__(
            f"The warehouse chdb://{place} could not be opened.\n  What was seen: {seen}\n  Next: {hint}"
        )


class WarehouseUnreachable(WarehouseError):
    """A server that does not answer; it may do so in a while."""

    def __init__(self, place: str, seen: str) -> None:
        super().__init__(
            f"The warehouse {place} could not be reached.\n"
            f"  What was seen: {seen}\n"
            "  Next: check the host and the port in WRAPPED_WAREHOUSE_URL, and that the server is up."
        )


class WarehouseLost(WarehouseUnreachable):
    """A server that stopped answering while it worked."""

    def __init__(self, place: str, seen: str) -> None:
        WarehouseError.__init__(
            self,
            f"The warehouse {place} stopped answering in the middle of the work.\n"
            f"  What was seen: {seen}\n"
            "  Next: see that the server is up, then run the same again: it continues from there and completes what was half done.",
        )


class WarehouseUntrusted(WarehouseError):
    """A server whose certificate proves nothing; it was told nothing."""

    def __init__(self, place: str, seen: str) -> None:
        super().__init__(
            f"The warehouse {place} is not trusted.\n"
            f"  What was seen: {seen}\n"
            "  Next: name the file of the authority that signed its certificate in WRAPPED_WAREHOUSE_URL, as"
            " ?ca=/absolute/file.pem, and the host as the certificate calls it."
        )


class ClusterIncomplete(WarehouseUnreachable):
    """A cluster of which a node, or Keeper, is away; it may be back in a while."""

    def __init__(self, place: str, seen: str) -> None:
        WarehouseError.__init__(
            self,
            f"The warehouse {place} could not go on: a part of its cluster does not answer.\n"
            f"  The server said: {seen}\n"
            "  Next: see that every node in system.clusters and Keeper are up, then run the same again: it goes on from there.",
        )


class WarehouseRefused(WarehouseError):
    """A server that answers and says no."""

    def __init__(self, place: str, seen: str, hint: str) -> None:
        super().__init__(f"The warehouse {place} refused.\n  The server said: {seen}\n  Next: {hint}")


class LandingFilesGone(WarehouseError):
    """Landing files that a refresh needs are not what was imported; what did not need them was refreshed."""

    def __init__(self, table: str, span: Span | None, problems: Mapping[str, str]) -> None:
        self.problems = problems
        listed = "\n".join(f"    {key}: {problem}" for key, problem in sorted(problems.items())[:20])
        more = f"\n    and {len(problems) - 20} more" if len(problems) > 20 else ""
        days = f" from {span.start} to {span.end}" if span else ""
        super().__init__(
            f"{table} could not be refreshed{days} where it needs these landing files:\n{listed}{more}\n"
            "  Days that need none of them are up to date; the others are as they were.\n"
            "  Next: put vanished files back; for changed ones materialize landing for their day first,"
            " which imports them as they are now."
        )


class SnapshotNotReady(WarehouseError):
    """A year whose numbers do not hang together at this moment, so no serving snapshot was written."""

    def __init__(self, year: int, missing: Sequence[str]) -> None:
        first, *others = missing
        super().__init__(
            f"No serving snapshot of {year} was written.\n"
            f"  {'; '.join([first[:1].upper() + first[1:], *others])}.\n"
            f"  Next: `{wrapped(f'build --year {year}')}`, then publish again; a frozen edition is served from the version"
            " that was published before."
        )


class EditionNotWhole(WarehouseError):
    """An edition of which old and new summaries may be there side by side; nothing was read of it."""

    def __init__(self, year: int) -> None:
        super().__init__(
            f"The {year} edition cannot be read just now.\n"
            "  Its refresh is putting the new summaries in place, or was killed while it did.\n"
            f"  Next: try again in a moment; if it says the same, `{wrapped(f'build --year {year}')}` makes it whole."
        )


class SnapshotUnreadable(WarehouseError):
    """A file that cannot be served."""

    def __init__(self, path: Path, seen: str) -> None:
        super().__init__(
            f"The serving snapshot {path} could not be opened.\n"
            f"  What was seen: {seen}\n"
            "  Next: publish the edition again with this version of the program, or promote another version of it."
        )


class DuplicateKeys(WarehouseError):
    """Rows that were about to become visible break the unique key; nothing was changed."""

    def __init__(self, table: str, examples: Sequence[dict[str, object]]) -> None:
        super().__init__(
            f"{table} was not refreshed: its new rows hold the same key more than once.\n"
            f"  First of them: {examples[0]}\n"
            "  Next: this is a defect of the merge, not of your data; please report it with the statement in the log."
        )


class NewerSchema(WarehouseError):
    """The warehouse was made by a newer version of this program."""

    def __init__(self, place: Path | str, found: int, known: int) -> None:
        super().__init__(
            f"The warehouse {place} was not opened.\n"
            f"  Its schema has version {found}; this installation knows versions up to {known}.\n"
            "  Next: upgrade wrapped-assets to the version that made it, or point WRAPPED_HOME elsewhere."
        )


class MadeOtherwise(WarehouseError):
    """Tables of a cluster opened without its name, or those of one server with one."""

    def __init__(self, place: str, for_cluster: bool) -> None:
        found, step = (
            ("are those of a cluster", "name the cluster they were made with: ?cluster=name")
            if for_cluster
            else (
                "are those of one server",
                "take ?cluster=... away, or name a database that is not there yet",
            )
        )
        super().__init__(
            f"The warehouse {place} was not opened.\n  Its tables {found}.\n"
            f"  Next: in WRAPPED_WAREHOUSE_URL {step}."
        )


class OlderSchema(WarehouseError):
    """The warehouse was made by an older version of this program, whose tables this one cannot use."""

    def __init__(
        self, place: Path | str, found: int, known: int, first: str = "move the file and its .wal away"
    ) -> None:
        super().__init__(
            f"The warehouse {place} was not opened.\n"
            f"  Its schema has version {found}; this installation needs version {known}.\n"
            f"  Next: {first} and run `{wrapped('build --year Y')}` for each year: landing holds everything."
            " Or go on with the version of wrapped-assets that made it."
        )


class RegionUnavailable(Exception):
    """A region's database cannot be read; what was under way has not landed."""

    def __init__(
        self,
        region: str,
        seen: str,
        happened: str = "could not be opened",
        hint: str = "check its entry in WRAPPED_REGIONS and that this user may read it",
    ) -> None:
        super().__init__(
            f"The database of region {region} {happened}, so nothing more was exported from it.\n"
            f"  {seen}\n"
            f"  Next: {hint};"
            " what is missing is exported by materializing regional_exports for the days concerned."
        )


class RegionUnreachable(RegionUnavailable):
    """A region's server that does not answer, or stopped in the middle; it may do so in a while."""

    def __init__(self, region: str, place: str, seen: str, happened: str = "could not be reached") -> None:
        hint = f"check the host and the port of {region} in WRAPPED_REGIONS, and that the server is up"
        super().__init__(region, f"What was seen at {place}: {seen}", happened, hint)


class RegionRefused(RegionUnavailable):
    """A region's server that says no, or that is not the one it should be; it will do so again."""

    def __init__(self, region: str, place: str, seen: str, hint: str) -> None:
        super().__init__(region, f"What was seen at {place}: {seen}", "refused", hint)
