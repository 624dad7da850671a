"""The tokens of the registry: what each allows, until when, and whether it was revoked. Never their text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, insert, or_, select, update

from wrapped_assets.access.grants import Grant, scopes_in
from wrapped_assets.access.registry.database import Database
from wrapped_assets.access.registry.tables import note_change, state, tokens

Kind = Literal["jwt", "static"]


@dataclass(frozen=True)
class TokenRecord:
    """One token as the registry knows it."""

    grant: Grant
    kind: Kind
    issued_at: datetime
    revoked_at: datetime | None
    subject: str | None = None
    """Whose token of an edition it is; None for one issued by hand."""
    year: int | None = None

    def state(self, now: datetime) -> Literal["valid", "expired", "revoked"]:
        """What it is worth."""
        if self.revoked_at is not None:
            return "revoked"
        expired = self.grant.expires_at is not None and self.grant.expires_at <= now
        return "expired" if expired else "valid"


def record(
    connection: Connection, grant: Grant, issued_at: datetime, digest: bytes | None, is_sqlite: bool
) -> bytes:
    """Remember a token; returns the salt, which cannot change before this transaction is over."""
    # SQLite has one writer anyway.
    salt = select(state.c.salt) if is_sqlite else select(state.c.salt).with_for_update(read=True)
    found = bytes(connection.execute(salt).scalar_one())
    connection.execute(insert(tokens).values(row_of(grant, issued_at) | {"digest": digest}))
    return found


def row_of(grant: Grant, issued_at: datetime) -> dict[str, Any]:
    """A grant as columns."""
    return {
        "jti": grant.jti,
        "name": grant.name,
        "workspace_id": grant.workspace_id,
        "scopes": [scope.as_claim() for scope in grant.scopes],
        "rps": grant.rps,
        "company": dict(grant.company),
        "issued_at": issued_at,
        "expires_at": grant.expires_at,
    }


def record_of(row: RowMapping) -> TokenRecord:
    """Columns as a token."""
    grant = Grant(
        row["name"],
        row["workspace_id"],
        scopes_in(row["scopes"]),
        row["rps"],
        row["jti"],
        row["expires_at"],
        row["company"],
    )
    kind: Kind = "static" if row["digest"] is not None else "jwt"
    return TokenRecord(grant, kind, row["issued_at"], row["revoked_at"], row["subject"], row["year"])


def find(connection: Connection, condition: ColumnElement[bool]) -> list[TokenRecord]:
    """The tokens of which a condition holds, oldest first."""
    statement = select(tokens).where(condition).order_by(tokens.c.issued_at, tokens.c.jti)
    return [record_of(row) for row in connection.execute(statement).mappings()]


def named(name: str) -> ColumnElement[bool]:
    """Tokens that are called this, by id or by name."""
    return or_(tokens.c.jti == name, tokens.c.name == name)


def revoke(connection: Connection, condition: ColumnElement[bool], at: datetime) -> int:
    """Revoke those of them that were not yet; returns how many."""
    live = and_(condition, tokens.c.revoked_at.is_(None))
    # Before the tokens, as a rotation does: two that lock the same rows the other way round would wait for each other.
    note_change(connection)
    return connection.execute(update(tokens).where(live).values(revoked_at=at)).rowcount


def issue_for_edition(
    connection: Connection, database: Database, year: int, wanted: Mapping[str, Grant], at: datetime
) -> int:
    """Give each of these subjects its token for an edition, unless it has a valid one; returns how many are new.

    The subjects are few enough for one statement. Of several processes that do this at once, one gives each.
    """
    subjects: Sequence[str] = sorted(wanted)
    worn_out = and_(tokens.c.year == year, tokens.c.subject.in_(subjects), tokens.c.expires_at <= at)
    # Nobody can still be using one that is over, so readers need not be told.
    connection.execute(update(tokens).where(worn_out, tokens.c.revoked_at.is_(None)).values(revoked_at=at))
    rows = [
        row_of(wanted[subject], at) | {"subject": subject, "year": year, "digest": None}
        for subject in subjects
    ]
    # Counted by looking: drivers disagree about the row count of many rows at once.
    connection.execute(database.insert_new(tokens), rows)
    new = select(tokens.c.jti).where(tokens.c.year == year, tokens.c.subject.in_(subjects))
    given = set(connection.execute(new).scalars())
    return sum(row["jti"] in given for row in rows)
