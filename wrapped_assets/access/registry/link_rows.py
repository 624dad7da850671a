"""The links of the registry: the address of each subject's page, its short form, share links, and who wants none."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Connection,
    RowMapping,
    Select,
    bindparam,
    delete,
    insert,
    null,
    or_,
    select,
    union_all,
    update,
)

from wrapped_assets.access.registry import keys
from wrapped_assets.access.registry.opened import Opened, pieces
from wrapped_assets.access.registry.tables import Instant, links, opt_outs, shorts
from wrapped_assets.text.public_names import public_company

# What no key looks like is not asked: PostgreSQL has no text for some of it.
_KEY = re.compile(r"[a-z0-9-]{1,100}")


@dataclass(frozen=True)
class Link:
    """Whose year an address shows."""

    url_key: str
    subject: str
    """The public identity of whom the page is about; here a customer's wrapped_id."""
    year: int
    company: str | None
    short: str
    opted_out: bool = False
    """The subject wants no page: answer as if there were none."""
    revoked: bool = False
    ends_at: datetime | None = None
    """When this address ends by itself: it is that of a share. None for a page's own."""


@dataclass(frozen=True)
class Share:
    """A short link that ends, and with it the address that it leads to."""

    short: str
    expires_at: datetime


def _links() -> Select[Any]:
    """Links with their short form and whether their subject opted out."""
    forever = shorts.alias("forever")
    columns = (links, forever.c.short, opt_outs.c.subject.is_not(None).label("opted_out"))
    own_short = (forever.c.url_key == links.c.url_key) & forever.c.expires_at.is_(None)
    joined = links.join(forever, own_short).outerjoin(opt_outs, opt_outs.c.subject == links.c.subject)
    return select(*columns).select_from(joined)


# Built once: building one costs more than SQLite needs to answer it.
_BY_URL_KEY = _links().where(links.c.url_key == bindparam("key"))
_LIVE = links.c.revoked_at.is_(None)
_AT = bindparam("at", type_=Instant)
_LIVE_BY_ANY_SHORT = (
    _links()
    .add_columns(shorts.c.short.label("share"), shorts.c.expires_at)
    .join(shorts, shorts.c.url_key == links.c.url_key)
    .where(shorts.c.short == bindparam("short"), _LIVE)
)
_LIVE_BY_SHORT = _LIVE_BY_ANY_SHORT.where(or_(shorts.c.expires_at.is_(None), shorts.c.expires_at > _AT))
# One question for both kinds of address, so that what is neither takes as long as what was one of them.
_LIVE_BY_URL_KEY = union_all(
    _LIVE_BY_ANY_SHORT.where(shorts.c.expires_at > _AT),
    _BY_URL_KEY.add_columns(null().label("share"), null().label("expires_at")).where(_LIVE),
)
_BY_SUBJECT = _links().where(links.c.subject == bindparam("key")).order_by(links.c.year, links.c.created_at)
_OF_YEAR = _links().where(links.c.year == bindparam("key")).order_by(links.c.subject, links.c.created_at)


class LinkRows(Opened):
    """What is asked and changed of links."""

    def resolve(self, url_key: str) -> Link | None:
        """Whose year this address shows; None when it is unknown, over or revoked. Who opted out is still found, and says so."""
        if not _KEY.fullmatch(url_key):
            return None
        with self._database.reading() as connection:
            return _live(connection, url_key, self._clock())

    def resolve_short(self, short: str) -> Link | None:
        """Where a short or a share link leads; None when it is unknown, over or revoked."""
        if not _KEY.fullmatch(short):
            return None
        return next(iter(self._links(_LIVE_BY_SHORT, short=short, at=self._clock())), None)

    def share(self, url_key: str, lifetime: timedelta) -> Share | None:
        """A share link to this page that ends after `lifetime` at most; None when there is no such page.

        It leads to an address of its own, which ends with it. Of such an address it is the very link that led there: nobody can
        prolong what was shared with them.
        """
        if not _KEY.fullmatch(url_key):
            return None
        at = self._clock()
        with self._database.writing() as connection:
            link = _live(connection, url_key, at)
            if link is None or link.opted_out:
                return None
            if link.ends_at:
                return Share(keys.random_part(url_key), link.ends_at)
            return self._share(connection, url_key, at + lifetime, at)

    def _share(self, connection: Connection, url_key: str, expires_at: datetime, at: datetime) -> Share:
        """A share link that lives at least half as long as was asked for.

        Anyone who sees the page may ask, so a link that is still young enough is given out again: they never pile up.
        """
        young_enough = at + (expires_at - at) / 2
        connection.execute(delete(shorts).where(shorts.c.url_key == url_key, shorts.c.expires_at <= at))
        newest = select(shorts.c.short, shorts.c.expires_at).where(
            shorts.c.url_key == url_key, shorts.c.expires_at.between(young_enough, expires_at)
        )
        for row in connection.execute(newest.order_by(shorts.c.expires_at.desc(), shorts.c.short)):
            return Share(*row)
        made = Share(keys.share_key(self._draw), expires_at)
        values = {"short": made.short, "url_key": url_key, "created_at": at, "expires_at": expires_at}
        connection.execute(insert(shorts).values(values))
        return made

    def make_links(self, year: int, companies: Mapping[str, str | None]) -> int:
        """Give each subject a link to its page of an edition, unless it has one; returns how many are new.

        A subject whose link was revoked gets another one: leave those out who should not. Companies that changed their name
        keep their address. Of several processes that do this at once, one gives each. Killed in between and run again, it goes
        on from there.
        """
        made = 0
        for some in pieces({subject: public_company(company) for subject, company in companies.items()}):
            with self._changing() as connection:
                made += self._make(connection, year, some)
                _rename(connection, year, some)
        return made

    def _make(self, connection: Connection, year: int, companies: Mapping[str, str | None]) -> int:
        at = self._clock()
        rows = [
            {
                "url_key": keys.url_key(company, self._draw),
                "year": year,
                "subject": subject,
                "company": company,
                "created_at": at,
            }
            for subject, company in companies.items()
        ]
        connection.execute(self._database.insert_new(links), rows)
        held = select(links.c.url_key).where(links.c.url_key.in_([row["url_key"] for row in rows]))
        new = sorted(connection.execute(held).scalars())
        short = [{"short": keys.short_key(self._draw), "url_key": key, "created_at": at} for key in new]
        if short:
            connection.execute(insert(shorts), short)
        return len(new)

    def opt_out(self, subject: str) -> None:
        """From now on this subject has no page, of no edition."""
        with self._changing() as connection:
            connection.execute(
                self._database.insert_new(opt_outs).values(subject=subject, since=self._clock())
            )

    def opt_in(self, subject: str) -> None:
        """This subject withdraws its opt-out."""
        with self._changing() as connection:
            connection.execute(delete(opt_outs).where(opt_outs.c.subject == subject))

    def opted_out(self) -> set[str]:
        """Every subject that wants no page, whether or not it ever had one."""
        with self._database.reading() as connection:
            return {*connection.execute(select(opt_outs.c.subject)).scalars()}

    def links_of_edition(self, year: int) -> list[Link]:
        """Every link of an edition, revoked ones too."""
        return self._links(_OF_YEAR, key=year)

    def links_of_subject(self, subject: str) -> list[Link]:
        """Every link of a subject, revoked ones too, oldest edition first."""
        return self._links(_BY_SUBJECT, key=subject)

    def _links(self, statement: Select[Any], **values: object) -> list[Link]:
        with self._database.reading() as connection:
            return _read(connection, statement, **values)


def even_revoked(connection: Connection, url_key: str) -> Link | None:
    """The link of this name, revoked or not."""
    return next(iter(_read(connection, _BY_URL_KEY, key=url_key)), None)


def revoke(connection: Connection, url_key: str, at: datetime) -> bool:
    """Take an address away for good; whether it was there and not taken away before."""
    live = update(links).where(links.c.url_key == url_key, links.c.revoked_at.is_(None))
    return connection.execute(live.values(revoked_at=at)).rowcount > 0


def _live(connection: Connection, url_key: str, at: datetime) -> Link | None:
    """The link of this name, a page's own or that of a share. Whether one ended, was revoked or never was is the same question."""
    found = _read(connection, _LIVE_BY_URL_KEY, key=url_key, short=keys.random_part(url_key), at=at)
    return next((link for link in found if link.url_key == url_key), None)


def _rename(connection: Connection, year: int, companies: Mapping[str, str | None]) -> None:
    """Follow companies that changed their names."""
    held = select(links.c.url_key, links.c.subject, links.c.company).where(
        links.c.year == year, links.c.subject.in_(list(companies))
    )
    renamed = [
        {"key": url_key, "name": companies[subject]}
        for url_key, subject, company in connection.execute(held)
        if company != companies[subject]
    ]
    if renamed:
        change = update(links).where(links.c.url_key == bindparam("key")).values(company=bindparam("name"))
        connection.execute(change, renamed)


def _read(
    connection: Connection, statement: Select[Any] | CompoundSelect[Any], **values: object
) -> list[Link]:
    return [_link(row) for row in connection.execute(statement, values).mappings()]


def _link(row: RowMapping) -> Link:
    ends_at = row.get("expires_at")
    return Link(
        keys.shared_key(row["url_key"], row["share"]) if ends_at else row["url_key"],
        row["subject"],
        row["year"],
        public_company(row["company"]),
        row["short"],
        bool(row["opted_out"]),
        row["revoked_at"] is not None,
        ends_at,
    )
