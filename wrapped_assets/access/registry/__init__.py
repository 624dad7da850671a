"""The registry: which address shows whose year, which tokens count, who opted out. SQLite, or PostgreSQL by URL.

Every method is one transaction, or a few of bounded size that may be stopped between, and may be called from many threads and
processes at once.
"""

from sqlalchemy import or_, update

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
from wrapped_assets.access.registry.link_rows import Link, LinkRows, Share
from wrapped_assets.access.registry.opened import SALT_BYTES
from wrapped_assets.access.registry.tables import state, tokens
from wrapped_assets.access.registry.token_rows import TokenRecord, TokenRows
from wrapped_assets.access.tokens import Clock, now

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


class Registry(LinkRows, TokenRows):
    """An open registry. Open one in each process: it is not carried over a fork."""

    @classmethod
    def open(cls, url: str, clock: Clock = now, make: bool = True) -> "Registry":
        """The registry at this URL, made when there is none, unless told not to; raises RegistryError."""
        return cls(Database(url, make), clock)

    def revoke(self, name: str) -> list[str]:
        """Revoke the tokens of this id or name, or the link of this address with its customer's tokens; returns what was revoked.

        Raises NoSuchToken when nothing is called so. What was revoked before stays so, and is not returned.
        """
        at = self._clock()
        with self._changing() as connection:
            found = token_rows.find(connection, token_rows.named(name))
            link = link_rows.even_revoked(connection, name)
            if not found and link is None:
                raise NoSuchToken(name)
            done = [f"token {each.grant.jti}" for each in found if each.revoked_at is None]
            token_rows.revoke(connection, token_rows.named(name), at)
            if link and link_rows.revoke(connection, name, at):
                done.append(f"link {name}")
                token_rows.revoke(connection, tokens.c.name == token_name(link.year, link.subject), at)
        return done

    def rotate(self) -> int:
        """Revoke every token there is and sign with another key from now on; returns how many were valid.

        Links stay. Materializing wrapped_tokens gives each customer another token.
        """
        at = self._clock()
        valid = or_(tokens.c.expires_at.is_(None), tokens.c.expires_at > at)
        with self._changing() as connection:
            # First: a process that is issuing a token holds this row until the token is there to be revoked.
            another = update(state).values(salt=self._draw(SALT_BYTES), epoch=state.c.epoch + 1)
            connection.execute(another)
            return token_rows.revoke(connection, valid, at)
