"""`wrapped token issue | list | revoke | rotate | opt-out`: links and tokens from a terminal."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from wrapped_assets.command import wrapped
from wrapped_assets.settings import Settings

if TYPE_CHECKING:
    from wrapped_assets.grants import Grant
    from wrapped_assets.resources.registry import Registry

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="Links and tokens: who may ask the API, and whose page an address shows.\n\n"
    "A token is what a program shows the API; its scopes say which endpoints it may read, and parameters that are fixed in it"
    " beat whatever a request says. A link is what a customer opens; it needs no token. Both live in the registry"
    " (WRAPPED_REGISTRY_URL).\n\n"
    "Start with `wrapped token issue --admin --name ops`, or give each customer a link and a token: materialize `wrapped_tokens`.",
)

console = Console(stderr=False)
notes = Console(stderr=True)

_DAYS = 30
Year = Annotated[int | None, typer.Option("--year", "-y", help="The edition.", min=1990, max=2200)]


@app.command()
def issue(
    name: Annotated[
        str | None,
        typer.Option(
            "--name", "-n", help="What it is called in lists; tokens of one name share their limit."
        ),
    ] = None,
    pipe: Annotated[
        list[str] | None, typer.Option("--pipe", help="An endpoint it may read. Repeat for several.")
    ] = None,
    fixed: Annotated[
        list[str] | None,
        typer.Option("--fixed", metavar="NAME=VALUE", help="A parameter fixed for these endpoints. Repeat."),
    ] = None,
    admin: Annotated[
        bool, typer.Option("--admin", help="It may read every endpoint and manage tokens (/v0/tokens).")
    ] = False,
    static: Annotated[
        bool, typer.Option("--static", help="Random text without an end, instead of a JWT that expires.")
    ] = False,
    days: Annotated[
        int | None, typer.Option("--days", help=f"How long it is valid; {_DAYS} for a JWT.", min=1, max=3650)
    ] = None,
    rps: Annotated[
        int | None, typer.Option("--rps", help="Requests a second it may make; no limit without.", min=1)
    ] = None,
    wrapped_id: Annotated[
        str | None,
        typer.Option(
            "--wrapped-id", help="A customer, alone with --year: its link, and its token for that edition."
        ),
    ] = None,
    year: Year = None,
) -> None:
    """Issue a token and print it to the standard output, this once: nothing keeps its text.

    With --wrapped-id and --year it is the token that `wrapped_tokens` gave the customer for the edition (it is given one if
    it has none), and the same text again each time, until it is revoked, over, or the key is rotated.

    What it is and when it ends goes to the standard error, so `TOKEN=$(wrapped token issue ...)` works.

    A customer whose link was revoked is given another address by --wrapped-id.

    Examples:

    - `wrapped token issue --admin --static --name ops`

    - `wrapped token issue --name acme --pipe wrapped_pipe_stats_summary --fixed wrapped_id=W --days 7 --rps 5`

    - `wrapped token issue --wrapped-id W --year 2025`
    """
    from wrapped_assets.grants import BadClaims
    from wrapped_assets.tokens import Authority

    settings = Settings.load()
    if (wrapped_id is None) != (year is None):
        raise typer.BadParameter("--wrapped-id and --year belong together: give both or none.")
    if wrapped_id is not None and year is not None:
        if name or pipe or fixed or admin or static or days or rps:
            raise typer.BadParameter(
                "A customer's token is as its edition has it: give --wrapped-id and --year alone,"
                " or issue another with --name, --pipe and --fixed wrapped_id=W."
            )
        _print_token_of_customer(settings, wrapped_id, year)
        return
    if static and days is not None:
        raise typer.BadParameter(
            "--static has no end: leave out --days, and revoke it when it is not needed."
        )
    with _registry(settings) as registry:
        try:
            grant = _grant(name, pipe or [], fixed or [], admin, None if static else days or _DAYS, rps)
            text = Authority(settings.secret(), registry).issue(grant, static)
        except BadClaims as bad:
            raise typer.BadParameter(f"{bad}.") from None
    _print(text, grant, "Its text is shown this once.")


def _print(text: str, grant: "Grant", how_often: str) -> None:
    sys.stdout.write(text + "\n")
    until = f"valid until {grant.expires_at:%Y-%m-%d %H:%M} UTC" if grant.expires_at else "without an end"
    _note(f"Token {grant.jti}, '{grant.name}', {until}. {how_often}")


def _grant(
    name: str | None,
    pipes: Sequence[str],
    fixed: Sequence[str],
    admin: bool,
    days: int | None,
    rps: int | None,
) -> "Grant":
    from wrapped_assets.grants import ADMIN, READ, Grant, Scope, name_in, rps_in
    from wrapped_assets.tokens import WORKSPACE, new_jti

    if not name:
        raise typer.BadParameter("Give it a --name: lists, logs and limits know it by that.")
    if not pipes and not admin:
        raise typer.BadParameter("It would allow nothing: give --pipe, or --admin.")
    if fixed and not pipes:
        raise typer.BadParameter("--fixed fixes parameters of a --pipe, and none is given.")
    values = dict(_assignment(each) for each in fixed)
    scopes = [Scope(READ, pipe, values) for pipe in pipes] + ([Scope(ADMIN)] if admin else [])
    expires_at = None if days is None else datetime.now(UTC) + timedelta(days=days)
    limit = rps_in({"rps": rps})
    return Grant(name_in(name), WORKSPACE, tuple(scopes), limit, new_jti(), expires_at)


def _assignment(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise typer.BadParameter(f"--fixed expects NAME=VALUE, got '{text}'.")
    return name, value


def _print_token_of_customer(settings: Settings, wrapped_id: str, year: int) -> None:
    """One customer's link and token of an edition, made where there are none."""
    from wrapped_assets.edition_tokens import of_customer
    from wrapped_assets.resources.open import open_warehouse
    from wrapped_assets.tokens import Authority

    with open_warehouse(settings).reading() as reader:
        companies = reader.recipients(year)
    if wrapped_id not in companies:
        raise typer.BadParameter(
            f"No customer of the {year} edition has the wrapped_id '{wrapped_id}';"
            f" `{wrapped(f'summary --year {year} --organization-id O --format json')}` shows the one of an organization."
        )
    with _registry(settings) as registry:
        link, token = of_customer(registry, year, wrapped_id, companies[wrapped_id], datetime.now(UTC))
        text = Authority(settings.secret(), registry).text_of(token.grant, token.issued_at)
    _note(f"Page: /wrapped/{link.url_key}, short: /w/{link.short}")
    _print(text, token.grant, "The same command shows it again.")


@app.command(name="list")
def list_tokens(
    year: Year = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what is revoked or expired.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")] = False,
) -> None:
    """List the tokens issued by hand; with --year the links and tokens of an edition's customers.

    No token's text is shown, because none is kept. The addresses that --year shows open pages: treat them so.

    Examples: `wrapped token list`, `wrapped token list --year 2025 --json`.
    """
    from wrapped_assets import token_reports

    now = datetime.now(UTC)
    with _registry(Settings.load()) as registry:
        if year is not None:
            rows = token_reports.link_rows(
                registry.links_of_edition(year), registry.tokens_of_edition(year), everything
            )
        else:
            by_hand = [each for each in registry.tokens() if each.year is None]
            rows = [
                token_reports.token_row(each, now)
                for each in by_hand
                if everything or each.state(now) == "valid"
            ]
    if as_json:
        sys.stdout.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        return
    if not rows:
        _note("There are none.")
        return
    sys.stdout.writelines(f"{line}\n" for line in token_reports.aligned(rows))


@app.command()
def revoke(
    names: Annotated[
        list[str], typer.Argument(metavar="NAME...", help="A token's id or name, or a page's url_key.")
    ],
) -> None:
    """Revoke tokens or links; within a second no process takes them any more. There is no way back.

    By a name, every token of that name. By a url_key (the last part of /wrapped/...), that page, its short link,
    its share links and the customer's tokens for that edition: all answer as if they had never been.

    Examples: `wrapped token revoke ops`, `wrapped token revoke acme-7f3k...`.
    """
    with _registry(Settings.load()) as registry:
        for name in names:
            done = registry.revoke(name)
            console.print(
                "\n".join(f"Revoked {each}." for each in done) or f"'{name}' was revoked before.",
                markup=False,
                highlight=False,
                soft_wrap=True,
            )


@app.command()
def rotate(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Refuse every token issued until now, and sign with another key from here on. For when tokens or the key leaked.

    Links and pages stay. Customers get new tokens when `wrapped_tokens` is materialized, all others by `wrapped token issue`.
    WRAPPED_SECRET is not changed: the public ids are made with it.
    """
    if not yes:
        typer.confirm(
            "Every token of every program and customer will be refused. Go on?", abort=True, err=True
        )
    with _registry(Settings.load()) as registry:
        count = registry.rotate()
    console.print(f"Rotated: {count} tokens that were valid are refused from now on.", highlight=False)
    _note(
        f"Next: `{wrapped('token issue --admin --name NAME')}`, and materialize wrapped_tokens for each year."
    )


@app.command()
def opt_out(
    wrapped_id: Annotated[str, typer.Argument(metavar="WRAPPED_ID", help="The customer.")],
    undo: Annotated[bool, typer.Option("--undo", help="The customer wants its page again.")] = False,
) -> None:
    """Take a customer's pages and cards of every edition away, now and for editions to come, or bring them back.

    Example: `wrapped token opt-out W`.
    """
    with _registry(Settings.load()) as registry:
        if not undo:
            registry.opt_out(wrapped_id)
        else:
            registry.opt_in(wrapped_id)
        pages = sum(not link.revoked for link in registry.links_of_subject(wrapped_id))
    done = "shown again" if undo else "answered as if they were not there"
    console.print(f"{pages} pages of {wrapped_id} are {done}.", highlight=False, soft_wrap=True)


@contextmanager
def _registry(settings: Settings) -> "Iterator[Registry]":
    from wrapped_assets.resources.open import open_registry

    with open_registry(settings) as registry:
        yield registry


def _note(text: str) -> None:
    notes.print(text, markup=False, highlight=False, soft_wrap=True)
