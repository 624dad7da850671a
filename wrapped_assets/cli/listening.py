"""`wrapped listening import`: anyone's own year, from what their service exports."""

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import available_timezones

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from wrapped_assets.command import wrapped
from wrapped_assets.resources.open import open_landing
from wrapped_assets.settings import Settings
from wrapped_assets.text.terminal import console, printable, say

if TYPE_CHECKING:
    from wrapped_assets.products.listening.importers.plays import Found

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="A listener's year: imports what a person's service exports.",
)


class Service(StrEnum):
    """Whose export it is."""

    SPOTIFY = "spotify"
    LASTFM = "lastfm"
    LISTENBRAINZ = "listenbrainz"


def _zone(name: str) -> str:
    if name not in available_timezones() - {"Factory", "localtime"}:
        raise typer.BadParameter(f"expected an IANA time zone such as Europe/Madrid, got '{name}'.")
    return name


def _user(name: str) -> str:
    if not name.strip() or not name.isprintable():
        raise typer.BadParameter("expected an id that can be seen, such as me.")
    return name.strip()


@app.callback()
def listening() -> None:
    """Makes `import` a command of a group, though it is the only one."""


@app.command(name="import")
def import_(
    service: Annotated[Service, typer.Argument(help="Whose export it is.", show_default=False)],
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="The zip, its folder, or its files.", show_default=False),
    ],
    user: Annotated[str, typer.Option("--user", parser=_user, help="The listener's id.")] = "me",
    time_zone: Annotated[
        str | None,
        typer.Option(
            "--time-zone",
            parser=_zone,
            metavar="ZONE",
            help="In which days and hours are told, such as Europe/Madrid; as before, or UTC.",
        ),
    ] = None,
) -> None:
    """Import the plays of one person's export as landing files.

    The same export again adds nothing. Nothing is kept of user names, addresses, devices and places but the country.

    Example: `wrapped listening import spotify my_spotify_data.zip --time-zone Europe/Madrid`.
    """
    settings = Settings.load()
    from wrapped_assets.products.listening import importers
    from wrapped_assets.products.listening.importers import landing

    found = importers.read(service.value, files, datetime.now(UTC))
    landed = landing.write(open_landing(settings), found, user, time_zone)
    _print(found, landed.plays)
    say(
        console,
        f"{landed.new_files:,} new files in {settings.landing_url}; {landed.known_files:,} were there.",
    )
    _tell_next(settings, found)


def _print(found: "Found", plays: int) -> None:
    table = Table("rows", "what became of them", "the first of them", box=box.SIMPLE, pad_edge=False)
    table.add_row(f"{plays:,}", "imported", "")
    for reason, count in sorted(found.left.items()):
        table.add_row(f"{count:,}", f"left out: {reason}", Text(printable(found.places[reason])))
    console.print(table)


def _tell_next(settings: Settings, found: "Found") -> None:
    from wrapped_assets.products.listening.importers.plays import ASSUMED_MS

    first, last = (datetime.fromtimestamp(at / 1000, UTC).date() for at in found.between)
    say(console, f"Played from {first} to {last} (UTC).")
    if found.assumed:
        say(
            console,
            f"{found.assumed:,} plays say no duration: each counts with {ASSUMED_MS // 1000} s, the least that makes a stream.",
        )
    if first < settings.first_day:
        say(
            console,
            f"Plays before {settings.first_day} count from when WRAPPED_FIRST_DAY is {first} or earlier.",
            "yellow",
        )
    build = wrapped(f"build --product listening --year {last.year}")
    say(console, f"Next: `{build}`")
