"""The registry: which address shows whose year, which tokens count, who opted out. SQLite, or PostgreSQL by URL.

Every method is one transaction, or a few of bounded size that may be stopped between, and may be called from many threads and
processes at once. What requests ask is in `reader.py`, the statements in `link_rows.py` and `token_rows.py`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import and_, or_, true, update

from wrapped_assets.access.grants import Grant
from wrapped_assets.access.registry import link_rows, token_rows
from wrapped_assets.access.registry.database import Database
from wrapped_assets.access.registry.errors import (
    DriverMissing,
    NoSuchToken,
    RegistryError,
    RegistryMissing,
    RegistryNewer,
    RegistryUnavailable,
)
from wrapped_assets.access.registry.keys import token_name
from wrapped_assets.access.registry.link_rows import Link, Share
from wrapped_assets.access.registry.reader import SALT_BYTES, RegistryReader
from wrapped_assets.access.registry.tables import note_change, state, tokens
from wrapped_assets.access.registry.token_rows import TokenRecord
from wrapped_assets.access.tokens import Clock, now
from wrapped_assets.text.public_names import public_company

_SUBJECTS_AT_ONCE = 500

_Value = TypeVar("_Value")


class Registry(RegistryReader):
    """An open registry. Open one in each process: it is not carried over a fork."""

    @classmethod
    def open(cls, url: str, clock: Clock = now, make: bool = True) -> "Registry":
        """The registry at this URL, made when there is none, unless told not to; raises RegistryError."""
        return cls(Database(url, make), clock)

    def close(self) -> None:
        """Give its connections back."""
        self._database.close()

    def __enter__(self) -> "Registry":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Registry({self._database.place})"

    # ---- Issuing

    def record(
        self, grant: Grant, issued_at: datetime, digest: bytes | None = None, instead_of: str | None = None
    ) -> bytes:
        """Remember a token that is about to be issued; returns the salt that counts at that moment.

        `instead_of` is the id of one that is revoked in the same transaction. Raises NoSuchToken when that one counts no
        more: of two that replace it at once, one does.
        """
        with self._database.writing() as connection:
            if instead_of and not token_rows.revoke(connection, tokens.c.jti == instead_of, self._clock()):
                raise NoSuchToken(instead_of)
            salt = token_rows.record(connection, grant, issued_at, digest, self._database.is_sqlite)
        if instead_of:
            self._memory.forget()
        return salt

    def make_links(self, year: int, companies: Mapping[str, str | None]) -> int:
        """Give each subject a link to its page of an edition, unless it has one; returns how many are new.

        Whoever's link was revoked gets another one: leave those out who should not. Companies that changed their name keep
        their address. Killed in between and run again, it goes on from there.
        """
        made = 0
        for some in _pieces({subject: public_company(company) for subject, company in companies.items()}):
            with self._database.writing() as connection:
                made += link_rows.make(connection, self._database, year, some, self._clock(), self._draw)
                link_rows.rename(connection, year, some)
        self._memory.forget()
        return made

    def issue_for_edition(self, year: int, wanted: Mapping[str, Grant]) -> int:
        """Give each subject its token for an edition, unless it has a valid one; returns how many are new."""
        issued = 0
        for some in _pieces(wanted):
            with self._database.writing() as connection:
                issued += token_rows.issue_for_edition(connection, self._database, year, some, self._clock())
        return issued

    # ---- Taking away

    def revoke_token(self, jti: str) -> bool:
        """Revoke the token of this id, and none that is called so; False when it counts no more, or there is none."""
        with self._database.writing() as connection:
            count = token_rows.revoke(connection, tokens.c.jti == jti, self._clock())
        self._memory.forget()
        return count > 0

    def revoke(self, name: str) -> list[str]:
        """Revoke the tokens of this id or name, or the link of this address with its customer's tokens; returns what was revoked.

        Raises NoSuchToken when nothing is called so. What was revoked before stays so, and is not returned.
        """
        at = self._clock()
        with self._database.writing() as connection:
            found = token_rows.find(connection, token_rows.named(name))
            link = link_rows.even_revoked(connection, name)
            if not found and link is None:
                raise NoSuchToken(name)
            done = [f"token {each.grant.jti}" for each in found if each.revoked_at is None]
            token_rows.revoke(connection, token_rows.named(name), at)
            if link and link_rows.revoke(connection, name, at):
                done.append(f"link {name}")
                token_rows.revoke(connection, tokens.c.name == token_name(link.year, link.subject), at)
        self._memory.forget()
        return done

    def rotate(self) -> int:
        """Revoke every token there is and sign with another key from now on; returns how many were valid.

        Links stay. Materializing wrapped_tokens gives each customer another token.
        """
        at = self._clock()
        valid = or_(tokens.c.expires_at.is_(None), tokens.c.expires_at > at)
        with self._database.writing() as connection:
            # First: whoever is issuing a token holds this row until it is there to be revoked.
            another = update(state).values(salt=self._draw(SALT_BYTES), epoch=state.c.epoch + 1)
            connection.execute(another)
            count = token_rows.revoke(connection, valid, at)
            note_change(connection)
        self._memory.forget()
        return count

    def opt_out(self, subject: str) -> None:
        """From now on this subject has no page, of no edition."""
        with self._database.writing() as connection:
            link_rows.opt_out(connection, self._database, subject, self._clock())
        self._memory.forget()

    def opt_in(self, subject: str) -> None:
        """This subject changed its mind."""
        with self._database.writing() as connection:
            link_rows.opt_in(connection, subject)
        self._memory.forget()

    # ---- Looking

    def tokens(self) -> list[TokenRecord]:
        """Every token ever issued, oldest first."""
        with self._database.reading() as connection:
            return token_rows.find(connection, true())

    def tokens_named(self, name: str) -> list[TokenRecord]:
        """The tokens of this id or name, oldest first."""
        with self._database.reading() as connection:
            return token_rows.find(connection, token_rows.named(name))

    def tokens_of_edition(self, year: int) -> dict[str, TokenRecord]:
        """The token of each subject for an edition, unless it was revoked."""
        condition = and_(tokens.c.year == year, tokens.c.revoked_at.is_(None))
        with self._database.reading() as connection:
            return {str(each.subject): each for each in token_rows.find(connection, condition)}

    def links_of_edition(self, year: int) -> list[Link]:
        """Every link of an edition, revoked ones too."""
        with self._database.reading() as connection:
            return link_rows.of_year(connection, year)

    def opted_out(self) -> set[str]:
        """Every subject that wants no page, whether or not it ever had one."""
        with self._database.reading() as connection:
            return link_rows.opted_out(connection)

    def links_of_subject(self, subject: str) -> list[Link]:
        """Every link of a subject, revoked ones too."""
        with self._database.reading() as connection:
            return link_rows.of_subject(connection, subject)


def _pieces(whole: Mapping[str, _Value]) -> Sequence[dict[str, _Value]]:
    subjects = sorted(whole)
    starts = range(0, len(subjects), _SUBJECTS_AT_ONCE)
    return [{name: whole[name] for name in subjects[start : start + _SUBJECTS_AT_ONCE]} for start in starts]


__all__ = [
    "Database",
    "DriverMissing",
    "Link",
    "NoSuchToken",
    "Registry",
    "RegistryError",
    "RegistryMissing",
    "RegistryNewer",
    "RegistryUnavailable",
    "Share",
    "TokenRecord",
]
