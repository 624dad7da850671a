"""The tokens of the registry: what each allows, until when, and whether it was revoked. Never their text."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    and_,
    bindparam,
    insert,
    or_,
    select,
    true,
    update,
)

from wrapped_assets.access.grants import Grant, scopes_in
from wrapped_assets.access.registry.errors import NoSuchToken
from wrapped_assets.access.registry.opened import FRESH_SECONDS, LOOK_AGAIN_SECONDS, Opened, pieces
from wrapped_assets.access.registry.tables import state, tokens

Kind = Literal["jwt", "static"]

# Built once: building one costs more than SQLite needs to answer it.
_SALT = select(state.c.salt)
_LIVE = select(tokens.c.jti).where(tokens.c.jti == bindparam("jti"), tokens.c.revoked_at.is_(None))


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


class TokenRows(Opened):
    """What is asked and changed of tokens."""

    def signing_salt(self, fresh: bool = False) -> bytes:
        """What the signing key is made of beside the secret; `fresh` asks again if that was not a moment ago."""

        def ask() -> bytes:
            with self._database.reading() as connection:
                return bytes(connection.execute(_SALT).scalar_one())

        return self._recently("salt", ask, FRESH_SECONDS if fresh else LOOK_AGAIN_SECONDS)

    def revoked(self, jti: str) -> bool:
        """Whether this token counts no more: it was revoked, or the registry never issued it."""

        def ask() -> bool:
            with self._database.reading() as connection:
                return connection.execute(_LIVE, {"jti": jti}).first() is not None

        return not self._recently(("jti", jti), ask)

    def static_grant(self, digest: bytes) -> Grant | None:
        """What a static token allows, by the digest of its text, revoked ones too; None when there never was one."""
        found = self._recently(("digest", digest), lambda: self._tokens(tokens.c.digest == digest))
        return found[0].grant if found else None

    def record(
        self, grant: Grant, issued_at: datetime, digest: bytes | None = None, instead_of: str | None = None
    ) -> bytes:
        """Remember a token that is about to be issued; returns the salt that counts at that moment.

        `instead_of` is the id of one that is revoked in the same transaction. Raises NoSuchToken when that one counts no
        more: of two that replace it at once, one does.
        """
        # The row is held until this token is there to be revoked by a rotation. SQLite has one writer anyway.
        held = _SALT if self._database.is_sqlite else _SALT.with_for_update(read=True)
        with self._changing() if instead_of else self._database.writing() as connection:
            if instead_of and not revoke(connection, tokens.c.jti == instead_of, self._clock()):
                raise NoSuchToken(instead_of)
            found = bytes(connection.execute(held).scalar_one())
            connection.execute(insert(tokens).values(_row(grant, issued_at) | {"digest": digest}))
        return found

    def issue_for_edition(self, year: int, wanted: Mapping[str, Grant]) -> int:
        """Give each subject its token for an edition, unless it has a valid one; returns how many are new.

        Of several processes that do this at once, one gives each.
        """
        at, issued = self._clock(), 0
        for some in pieces(wanted):
            theirs = and_(tokens.c.year == year, tokens.c.subject.in_(list(some)))
            over = and_(theirs, tokens.c.expires_at <= at, tokens.c.revoked_at.is_(None))
            rows = [
                _row(grant, at) | {"subject": subject, "year": year, "digest": None}
                for subject, grant in some.items()
            ]
            with self._database.writing() as connection:
                # Nobody can still be using one that is over, so readers need not be told.
                connection.execute(update(tokens).where(over).values(revoked_at=at))
                connection.execute(self._database.insert_new(tokens), rows)
                # Counted by looking: drivers disagree about the row count of many rows at once.
                given = set(connection.execute(select(tokens.c.jti).where(theirs)).scalars())
            issued += sum(row["jti"] in given for row in rows)
        return issued

    def revoke_token(self, jti: str) -> bool:
        """Revoke the token of this id, and none that is called so; False when it counts no more, or there is none."""
        with self._changing() as connection:
            return revoke(connection, tokens.c.jti == jti, self._clock()) > 0

    def tokens(self) -> list[TokenRecord]:
        """Every token ever issued, oldest first."""
        return self._tokens(true())

    def tokens_named(self, name: str) -> list[TokenRecord]:
        """The tokens of this id or name, oldest first."""
        return self._tokens(named(name))

    def tokens_of_edition(self, year: int) -> dict[str, TokenRecord]:
        """The token of each subject for an edition, unless it was revoked."""
        found = self._tokens(and_(tokens.c.year == year, tokens.c.revoked_at.is_(None)))
        return {str(each.subject): each for each in found}

    def _tokens(self, condition: ColumnElement[bool]) -> list[TokenRecord]:
        with self._database.reading() as connection:
            return find(connection, condition)


def find(connection: Connection, condition: ColumnElement[bool]) -> list[TokenRecord]:
    """The tokens of which a condition holds, oldest first."""
    statement = select(tokens).where(condition).order_by(tokens.c.issued_at, tokens.c.jti)
    return [_record(row) for row in connection.execute(statement).mappings()]


def named(name: str) -> ColumnElement[bool]:
    """Tokens that are called this, by id or by name."""
    return or_(tokens.c.jti == name, tokens.c.name == name)


def revoke(connection: Connection, condition: ColumnElement[bool], at: datetime) -> int:
    """Revoke those of them that were not yet; returns how many."""
    live = and_(condition, tokens.c.revoked_at.is_(None))
    return connection.execute(update(tokens).where(live).values(revoked_at=at)).rowcount


def _row(grant: Grant, issued_at: datetime) -> dict[str, Any]:
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


def _record(row: RowMapping) -> TokenRecord:
    names = ("rps", "jti", "expires_at", "company")
    grant = Grant(row["name"], row["workspace_id"], scopes_in(row["scopes"]), *(row[name] for name in names))
    kind: Kind = "static" if row["digest"] is not None else "jwt"
    return TokenRecord(grant, kind, row["issued_at"], row["revoked_at"], row["subject"], row["year"])
