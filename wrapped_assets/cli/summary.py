"""`wrapped summary`: one customer's year, or every customer's, from a terminal."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from wrapped_assets.cli.options import ProductName
from wrapped_assets.command import wrapped
from wrapped_assets.product import BucketedProduct
from wrapped_assets.products import BUCKETED
from wrapped_assets.resources.errors import Refused
from wrapped_assets.settings import Settings
from wrapped_assets.text.terminal import console

# How long a command waits for a run that is writing the warehouse.
WAIT_SECONDS = 10.0


class Format(StrEnum):
    """How to print a summary, or all of them."""

    table = "table"
    json = "json"
    ndjson = "ndjson"
    csv = "csv"
    parquet = "parquet"


OF_ONE = (Format.table, Format.json)
OF_ALL = (Format.ndjson, Format.csv, Format.parquet)


class NotWritten(Refused):
    """The file that was asked for could not be written."""

    def __init__(self, path: Path, seen: str) -> None:
        super().__init__(
            f"{path} was not written.\n  The system said: {seen}.\n  Next: name a file in a folder that this user may write."
        )


class NoDocument(Refused):
    """A subject has no document in an edition."""

    def __init__(self, product: str, year: int, user_id: str) -> None:
        super().__init__(
            f"{user_id} has no {year} document of {product}.\n"
            "  Nothing of theirs lies in the edition's window, they opted out, or nobody has this id.\n"
            f"  Next: `{wrapped(f'build --product {product} --year {year}')}`, if something landed since"
        )


def summary(
    year: Annotated[int, typer.Option("--year", "-y", help="The calendar year, UTC.", min=1990, max=2200)],
    wrapped_id: Annotated[str | None, typer.Option("--wrapped-id", help="The customer's public id.")] = None,
    user_id: Annotated[
        str | None, typer.Option("--user-id", help="With --product listening: the listener.")
    ] = None,
    organization_id: Annotated[
        str | None, typer.Option("--organization-id", help="Any organization of the customer.")
    ] = None,
    everyone: Annotated[bool, typer.Option("--all", help="Every customer, by public id.")] = False,
    format: Annotated[
        Format | None,
        typer.Option(
            "--format",
            help="Of one customer: table (default), or json: the document, byte for byte."
            " With --all: ndjson, a document a line, or csv or parquet, a row of columns each.",
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", help="With --all: the file to write, instead of printing.")
    ] = None,
    product: ProductName = None,
) -> None:
    """Print one customer's year, or every customer's; with --product listening one listener's.

    Name the customer by exactly one of --wrapped-id and --organization-id, or ask for --all. Name a listener by --user-id.

    Examples: `wrapped summary --year 2025 --organization-id acme --format json > acme.json`,
    `wrapped summary --year 2025 --all --format parquet --output 2025.parquet`.
    """
    if bucketed := BUCKETED.get(product or ""):
        given = [wrapped_id, organization_id, everyone or None, output]
        if user_id is None or any(each is not None for each in given) or format not in (None, *OF_ONE):
            raise typer.BadParameter(
                f"With --product {bucketed.name} give --user-id, and --format {' or '.join(OF_ONE)}."
            )
        _print_subject(bucketed, year, user_id, format or Format.table)
        return
    if user_id is not None:
        raise typer.BadParameter("--user-id goes with --product listening.")
    chosen = _chosen(wrapped_id, organization_id, everyone, format, output)
    settings = Settings.load()
    from wrapped_assets.cli import reports, summary_files
    from wrapped_assets.resources.open import open_warehouse

    with open_warehouse(settings).reading(WAIT_SECONDS) as reader:
        if everyone:
            pieces = summary_files.documents(reader, reports.edition_of(reader, year))
            with _sink(output) as sink:
                summary_files.write(chosen, pieces, sink)
            return
        document = reports.find(reader, year, wrapped_id, organization_id)
    if chosen is Format.json:
        sys.stdout.buffer.write(document.to_json() + b"\n")
    else:
        reports.print_summary(console, document)


def _print_subject(product: BucketedProduct, year: int, user_id: str, format: Format) -> None:
    from wrapped_assets.bucketed.editions_of import open_edition
    from wrapped_assets.cli import reports

    with open_edition(Settings.load(), product, year, read_only=True) as edition:
        document = edition.document(user_id)
    if document is None:
        raise NoDocument(product.name, year, user_id)
    if format is Format.json:
        sys.stdout.buffer.write(document.encode() + b"\n")
        return
    title, numbers = f"{year} of {user_id}", product.main_numbers(product.model.model_validate_json(document))
    reports.print_numbers(console, title, numbers)


def _chosen(
    wrapped_id: str | None,
    organization_id: str | None,
    everyone: bool,
    format: Format | None,
    output: Path | None,
) -> Format:
    """The format, when what was asked goes together."""
    given = [wrapped_id is not None, organization_id is not None, everyone].count(True)
    if given != 1:
        seen = "none of them" if not given else "several"
        raise typer.BadParameter(
            f"Give exactly one of --wrapped-id, --organization-id and --all, not {seen}."
        )
    if output and not everyone:
        raise typer.BadParameter("--output goes with --all; of one customer use `> file`.")
    fitting = OF_ALL if everyone else OF_ONE
    if everyone and format not in fitting:
        raise typer.BadParameter(f"With --all give --format {', '.join(OF_ALL)}, not {format or 'none'}.")
    if format and format not in fitting:
        raise typer.BadParameter(f"--format {format} goes with --all; one customer has {', '.join(OF_ONE)}.")
    if format is Format.parquet and not output and sys.stdout.isatty():
        raise typer.BadParameter("Parquet is not for a terminal: give --output FILE, or `> file`.")
    return format or Format.table


@contextmanager
def _sink(output: Path | None) -> Iterator[BinaryIO]:
    """Where to write: the standard output, or a file that is there once it is whole."""
    if output is None:
        yield sys.stdout.buffer
        return
    unfinished = output.with_name(f".{output.name}.unfinished")
    try:
        with unfinished.open("wb") as sink:
            yield sink
        os.replace(unfinished, output)
    except OSError as error:
        raise NotWritten(output, error.strerror or str(error)) from error
    finally:
        with suppress(OSError):
            unfinished.unlink()
