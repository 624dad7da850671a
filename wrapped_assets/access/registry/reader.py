"""What a request needs of the registry: whose year an address shows, and whether a token counts.

What was revoked in one process is refused in all others within a second: each asks for one row at most every half second, and
forgets what it remembered when that changed. Only what is valid is remembered, so what is unknown and what is revoked
are asked of the database alike.
"""

import re
import secrets
import time
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from wrapped_assets.access.grants import Grant
from wrapped_assets.access.registry import link_rows, token_rows
from wrapped_assets.access.registry.database import Database
from wrapped_assets.access.registry.keys import Draw, random_part
from wrapped_assets.access.registry.link_rows import Link, Share
from wrapped_assets.access.registry.memory import Memory, State
from wrapped_assets.access.registry.tables import prepare, state, tokens
from wrapped_assets.access.tokens import Clock, now

SALT_BYTES = 32
# What no key looks like is not asked: PostgreSQL has no text for some of it.
_KEY = re.compile(r"[a-z0-9-]{1,100}")
_STATE = select(state.c.changes, state.c.epoch, state.c.salt)


class RegistryReader:
    """Answers about links and tokens. Every method may be called from many threads."""

    def __init__(
        self,
        database: Database,
        clock: Clock = now,
        monotonic: Callable[[], float] = time.monotonic,
        draw: Draw = secrets.token_bytes,
    ) -> None:
        self._database = database
        self._clock = clock
        self._draw = draw
        try:
            prepare(database, draw(SALT_BYTES))
            self._memory = Memory(self._read_state, monotonic)
        except BaseException:
            database.close()
            raise

    def resolve(self, url_key: str) -> Link | None:
        """Whose year this address shows; None when it is unknown, over or revoked. Who opted out is still found, and says so."""
        if not _KEY.fullmatch(url_key):
            return None
        remembered = self._memory.now().links
        link = remembered.get(url_key)
        if link is None or (link.ends_at and link.ends_at <= self._clock()):
            with self._database.reading() as connection:
                link = link_rows.live(connection, url_key, self._clock())
            # Whoever opted out has no page: asked each time, as what is unknown is.
            if link is not None and not link.opted_out:
                remembered.put(url_key, link)
        return link

    def resolve_short(self, short: str) -> Link | None:
        """Where a short or a share link leads; None when it is unknown, over or revoked."""
        if not _KEY.fullmatch(short):
            return None
        with self._database.reading() as connection:
            return link_rows.live_by_short(connection, short, self._clock())

    def share(self, url_key: str, lifetime: timedelta) -> Share | None:
        """A share link to this page that ends after `lifetime` at most; None when there is no such page.

        It leads to an address of its own, which ends with it. Of such an address it is the very link that led there: nobody can
        prolong what was shared with them.
        """
        if not _KEY.fullmatch(url_key):
            return None
        at = self._clock()
        with self._database.writing() as connection:
            link = link_rows.live(connection, url_key, at)
            if link is None or link.opted_out:
                return None
            if link.ends_at:
                return Share(random_part(url_key), link.ends_at)
            return link_rows.share(connection, url_key, at + lifetime, at, self._draw)

    def signing_salt(self, fresh: bool = False) -> bytes:
        """What the signing key is made of beside the secret; changes with every rotation."""
        return self._memory.now(fresh).state.salt

    def revoked(self, jti: str) -> bool:
        """Whether this token counts no more: it was revoked, or the registry never issued it."""
        remembered = self._memory.now().valid
        if remembered.get(jti):
            return False
        live = select(tokens.c.jti).where(tokens.c.jti == jti, tokens.c.revoked_at.is_(None))
        with self._database.reading() as connection:
            is_live = connection.execute(live).first() is not None
        if is_live:
            remembered.put(jti, True)
        return not is_live

    def static_grant(self, digest: bytes) -> Grant | None:
        """What a static token allows, by the digest of its text; whether it was revoked is another question."""
        remembered = self._memory.now().static
        grant = remembered.get(digest)
        if grant is None:
            with self._database.reading() as connection:
                found = token_rows.find(connection, tokens.c.digest == digest)
            if not found:
                return None
            grant = found[0].grant
            remembered.put(digest, grant)
        return grant

    def _read_state(self) -> State:
        with self._database.reading() as connection:
            return State(*connection.execute(_STATE).one())
