"""What `wrapped token list` shows of a token and of a link: plain rows, no token's text."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from wrapped_assets.access.grants import Scope
from wrapped_assets.access.registry import Link, TokenRecord
from wrapped_assets.text.terminal import printable


def token_row(record: TokenRecord, now: datetime) -> dict[str, str]:
    """A token issued by hand."""
    grant = record.grant
    return {
        "id": str(grant.jti),
        "name": grant.name,
        "type": record.kind,
        "allows": ", ".join(map(_allowed, grant.scopes)),
        "rps": "" if grant.rps is None else str(grant.rps),
        "issued": f"{record.issued_at:%Y-%m-%d %H:%M}",
        "until": f"{grant.expires_at:%Y-%m-%d %H:%M}" if grant.expires_at else "",
        "state": record.state(now),
    }


def _allowed(scope: Scope) -> str:
    """What a scope allows, and what it fixes: without that a token for one customer looks like one for all."""
    allowed = f"{scope.type}:{scope.resource}" if scope.resource else scope.type
    fixed = ", ".join(f"{name}={value}" for name, value in scope.fixed_params.items())
    return f"{allowed} ({fixed})" if fixed else allowed


def link_rows(
    links: Sequence[Link], tokens: Mapping[str, TokenRecord], everything: bool
) -> list[dict[str, str]]:
    """The links of an edition; with `everything` revoked ones too."""
    return [
        {
            "company": link.company or "",
            "wrapped_id": link.subject,
            "page": f"/wrapped/{link.url_key}",
            "short": f"/w/{link.short}",
            "token": str(tokens[link.subject].grant.jti)
            if link.subject in tokens and not link.revoked
            else "",
            "state": "revoked" if link.revoked else "opted out" if link.opted_out else "valid",
        }
        for link in links
        if everything or not link.revoked
    ]


def aligned(rows: Sequence[Mapping[str, str]]) -> list[str]:
    """Rows as lines of columns, whole however wide: they are there to be copied."""
    cells = [list(rows[0]), *([printable(value) for value in row.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    ]
