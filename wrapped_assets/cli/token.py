"""`wrapped token issue | list | revoke | rotate | opt-out`: links and tokens from a terminal."""

import json
import sys
from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated

import typer

from wrapped_assets.access.open import open_registry
from wrapped_assets.cli import token_issue
from wrapped_assets.cli.token_issue import Year
from wrapped_assets.command import wrapped
from wrapped_assets.resources.errors import Refused, WarehouseMissing
from wrapped_assets.settings import Settings
from wrapped_assets.text.terminal import console, errors, say

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="Links and tokens: who may ask the API, and whose page an address shows.\n\n"
    "A token is what a program shows the API; its scopes say which endpoints it may read, and parameters that are fixed in it"
    " beat whatever a request says. A link is what a customer opens; it needs no token. Both live in the registry"
    " (WRAPPED_REGISTRY_URL).\n\n"
    "Start with `wrapped token issue --admin --name ops`, or give each customer a link and a token: materialize `wrapped_tokens`.",
)

app.command()(token_issue.issue)


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
    from wrapped_assets.cli import token_reports

    now = datetime.now(UTC)
    with open_registry(Settings.load(), make=False) as registry:
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
        say(errors, "There are none.")
        return
    sys.stdout.writelines(f"{line}\n" for line in token_reports.aligned(rows))


@app.command()
def revoke(
    names: Annotated[
        list[str], typer.Argument(metavar="NAME...", help="A token's id or name, or a page's url_key.")
    ],
) -> None:
    """Revoke tokens or links; within a second no process accepts them any more. There is no way back.

    By a name, every token of that name. By a url_key (the last part of /wrapped/...), that page, its short link,
    its share links and the customer's tokens for that edition: all answer as if they had never been.

    Examples: `wrapped token revoke ops`, `wrapped token revoke acme-7f3k...`.
    """
    with open_registry(Settings.load(), make=False) as registry:
        for name in names:
            done = "\n".join(f"Revoked {each}." for each in registry.revoke(name))
            say(console, done or f"'{name}' was revoked before.")


@app.command()
def rotate(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Refuse every token issued until now, and sign with another key from here on. For when tokens or the key leaked.

    Links and pages stay. Customers get new tokens when `wrapped_tokens` is materialized, all others by `wrapped token issue`.
    WRAPPED_SECRET is not changed: the public ids are made with it.
    """
    if not yes:
        _confirm("Every token of every program and customer will be refused. Go on?")
    with open_registry(Settings.load(), make=False) as registry:
        count = registry.rotate()
    say(console, f"Rotated: {count} tokens that were valid are refused from now on.")
    say(
        errors,
        f"Next: `{wrapped('token issue --admin --name NAME')}`, and materialize wrapped_tokens for each year.",
    )


def _confirm(question: str) -> None:
    """Raise Refused unless somebody says yes."""
    with suppress(typer.Abort):
        if typer.confirm(question, err=True):
            return
    raise Refused("No token was rotated: nobody said yes.\n  Next: answer with y, or run it with --yes.")


@app.command()
def opt_out(
    wrapped_id: Annotated[str, typer.Argument(metavar="WRAPPED_ID", help="The customer.")],
    undo: Annotated[bool, typer.Option("--undo", help="The customer wants its page again.")] = False,
) -> None:
    """Take a customer's pages and cards of every edition away, now and for editions to come, or bring them back.

    Example: `wrapped token opt-out W`.
    """
    settings = Settings.load()
    _require_customer(settings, wrapped_id)
    with open_registry(settings) as registry:
        (registry.opt_in if undo else registry.opt_out)(wrapped_id)
        pages = sum(not link.revoked for link in registry.links_of_subject(wrapped_id))
    done = "shown again" if undo else "answered as if there were none"
    shown = f"1 page of {wrapped_id} is" if pages == 1 else f"{pages} pages of {wrapped_id} are"
    say(console, f"{shown} {done}.")
    if not pages and not undo:
        say(
            errors,
            f"It has no page yet, and will get none. A mistake? `{wrapped(f'token opt-out {wrapped_id} --undo')}`",
        )


class NoCustomer(Refused):
    """A wrapped_id that is nobody's: mistyped, most likely, and the one who wants no page keeps it."""

    def __init__(self, wrapped_id: str, warehouse: str) -> None:
        super().__init__(
            f"Nothing was changed: no customer has the wrapped_id {wrapped_id!r}.\n"
            "  Looked for among the links and opt-outs of the registry (WRAPPED_REGISTRY_URL) and the customers of the"
            f" warehouse (WRAPPED_WAREHOUSE_URL){warehouse}.\n"
            f"  Next: copy it from `{wrapped('token list --year YEAR')}`, or from"
            f" `{wrapped('summary --year YEAR --organization-id ID --format json')}`."
        )


def _require_customer(settings: Settings, wrapped_id: str) -> None:
    from wrapped_assets.access.registry import RegistryMissing
    from wrapped_assets.resources.open import open_warehouse

    with suppress(RegistryMissing), open_registry(settings, make=False) as registry:
        if registry.links_of_subject(wrapped_id) or wrapped_id in registry.opted_out():
            return
    try:
        with open_warehouse(settings).reading() as reader:
            is_known, seen = bool(reader.customers([wrapped_id])), ""
    except WarehouseMissing:
        is_known, seen = False, ", which is not there"
    if not is_known:
        raise NoCustomer(wrapped_id, seen)
