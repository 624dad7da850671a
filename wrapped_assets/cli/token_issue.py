"""`wrapped token issue`: a token made by hand, or the link and the token of a customer."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from wrapped_assets.access.open import open_registry
from wrapped_assets.command import wrapped
from wrapped_assets.settings import Settings
from wrapped_assets.text.terminal import errors, say

if TYPE_CHECKING:
    from wrapped_assets.access.grants import Grant, Scope

_DAYS = 30

Name = Annotated[
    str | None,
    typer.Option("--name", "-n", help="What it is called in lists; tokens of one name share their limit."),
]
Pipes = Annotated[
    list[str] | None, typer.Option("--pipe", help="An endpoint it may read. Repeat for several.")
]
Fixed = Annotated[
    list[str] | None,
    typer.Option("--fixed", metavar="NAME=VALUE", help="A parameter fixed for these endpoints. Repeat."),
]
Admin = Annotated[
    bool, typer.Option("--admin", help="It may read every endpoint and manage tokens (/v0/tokens).")
]
Static = Annotated[
    bool, typer.Option("--static", help="Random text without an end, instead of a JWT that expires.")
]
Days = Annotated[
    int | None, typer.Option("--days", help=f"How long it is valid; {_DAYS} for a JWT.", min=1, max=3650)
]
Rps = Annotated[
    int | None, typer.Option("--rps", help="Requests a second it may make; no limit without.", min=1)
]
WrappedId = Annotated[
    str | None,
    typer.Option(
        "--wrapped-id", help="A customer, alone with --year: its link, and its token for that edition."
    ),
]
Year = Annotated[int | None, typer.Option("--year", "-y", help="The edition.", min=1990, max=2200)]


@dataclass(frozen=True)
class _Wanted:
    """A token as the command line describes it."""

    name: str | None
    pipes: Sequence[str]
    fixed: Sequence[str]
    admin: bool
    static: bool
    days: int | None
    rps: int | None

    @property
    def says_anything(self) -> bool:
        """Whether one of its options was given."""
        return any(vars(self).values())


def issue(
    name: Name = None,
    pipe: Pipes = None,
    fixed: Fixed = None,
    admin: Admin = False,
    static: Static = False,
    days: Days = None,
    rps: Rps = None,
    wrapped_id: WrappedId = None,
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
    settings = Settings.load()
    wanted = _Wanted(name, pipe or [], fixed or [], admin, static, days, rps)
    if wrapped_id is None and year is None:
        _issue_by_hand(settings, wanted)
        return
    if wrapped_id is None or year is None:
        raise typer.BadParameter("--wrapped-id and --year belong together: give both or none.")
    if wanted.says_anything:
        raise typer.BadParameter(
            "A customer's token is as its edition has it: give --wrapped-id and --year alone,"
            " or issue another with --name, --pipe and --fixed wrapped_id=W."
        )
    _issue_to_customer(settings, wrapped_id, year)


def _issue_by_hand(settings: Settings, wanted: _Wanted) -> None:
    """Issue the token that was described."""
    from wrapped_assets.access.grants import BadClaims
    from wrapped_assets.access.tokens import Authority

    _refuse_contradictions(wanted)
    try:
        grant = _grant(wanted)
        with open_registry(settings) as registry:
            text = Authority(settings.secret(), registry).issue(grant, wanted.static)
    except BadClaims as bad:
        raise typer.BadParameter(f"{bad}.") from None
    _print(text, grant, "Its text is shown this once.")


def _refuse_contradictions(wanted: _Wanted) -> None:
    """Say what is missing, or what does not go together."""
    if wanted.static and wanted.days is not None:
        raise typer.BadParameter(
            "--static has no end: leave out --days, and revoke it when it is not needed."
        )
    if not wanted.name:
        raise typer.BadParameter("Give it a --name: lists, logs and limits know it by that.")
    if not wanted.pipes and not wanted.admin:
        raise typer.BadParameter("It would allow nothing: give --pipe, or --admin.")
    if wanted.fixed and not wanted.pipes:
        raise typer.BadParameter("--fixed fixes parameters of a --pipe, and none is given.")


def _refuse_unusable(scopes: Sequence["Scope"]) -> None:
    """A misspelled name would otherwise show only when the token is used."""
    from wrapped_assets.serving.api.endpoints import load_endpoints
    from wrapped_assets.serving.api.usable_scopes import UnusableScope, refuse_unusable

    try:
        refuse_unusable(load_endpoints(), scopes)
    except UnusableScope as unusable:
        raise typer.BadParameter(f"The token was not issued: {unusable}.") from None


def _grant(wanted: _Wanted) -> "Grant":
    """The rights of the token that was described; BadClaims when no token can have them."""
    from wrapped_assets.access.grants import ADMIN, READ, Grant, Scope, name_in, rps_in
    from wrapped_assets.access.tokens import WORKSPACE, new_jti

    fixed = dict(_assignment(each) for each in wanted.fixed)
    scopes = [Scope(READ, pipe, fixed) for pipe in wanted.pipes] + ([Scope(ADMIN)] if wanted.admin else [])
    ends = None if wanted.static else datetime.now(UTC) + timedelta(days=wanted.days or _DAYS)
    _refuse_unusable(scopes)
    limit = rps_in({"rps": wanted.rps})
    return Grant(name_in(wanted.name), WORKSPACE, tuple(scopes), limit, new_jti(), ends)


def _assignment(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise typer.BadParameter(f"--fixed expects NAME=VALUE, got '{text}'.")
    return name, value


def _issue_to_customer(settings: Settings, wrapped_id: str, year: int) -> None:
    """One customer's link and token of an edition, made where there are none."""
    from wrapped_assets.access.tokens import Authority
    from wrapped_assets.assets.edition_tokens import of_customer
    from wrapped_assets.resources.open import open_warehouse

    with open_warehouse(settings).reading() as reader:
        companies = reader.recipients(year)
    if wrapped_id not in companies:
        raise typer.BadParameter(
            f"No customer of the {year} edition has the wrapped_id '{wrapped_id}';"
            f" `{wrapped(f'summary --year {year} --organization-id O --format json')}` shows the one of an organization."
        )
    with open_registry(settings) as registry:
        link, token = of_customer(registry, year, wrapped_id, companies[wrapped_id], datetime.now(UTC))
        text = Authority(settings.secret(), registry).text_of(token.grant, token.issued_at)
    say(errors, f"Page: /wrapped/{link.url_key}, short: /w/{link.short}")
    _print(text, token.grant, "The same command shows it again.")


def _print(text: str, grant: "Grant", how_often: str) -> None:
    sys.stdout.write(text + "\n")
    until = f"valid until {grant.expires_at:%Y-%m-%d %H:%M} UTC" if grant.expires_at else "without an end"
    say(errors, f"Token {grant.jti}, '{grant.name}', {until}. {how_often}")
