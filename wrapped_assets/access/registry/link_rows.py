"""The links of the registry: the address of each subject's page, its short form, share links, and who wants none."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
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
from wrapped_assets.access.registry.database import Database
from wrapped_assets.access.registry.keys import Draw
from wrapped_assets.access.registry.tables import Instant, links, note_change, opt_outs, shorts
from wrapped_assets.text.public_names import public_company


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


def live(connection: Connection, url_key: str, at: datetime) -> Link | None:
    """The link of this name, a page's own or that of a share. Whether one ended, was revoked or never was is the same question."""
    found = _read(connection, _LIVE_BY_URL_KEY, key=url_key, short=keys.random_part(url_key), at=at)
    return next((link for link in found if link.url_key == url_key), None)


def live_by_short(connection: Connection, short: str, at: datetime) -> Link | None:
    """The link that a short link, or a share link that is not over, leads to."""
    return next(iter(_read(connection, _LIVE_BY_SHORT, short=short, at=at)), None)


def even_revoked(connection: Connection, url_key: str) -> Link | None:
    """The link of this name, revoked or not."""
    return next(iter(_read(connection, _BY_URL_KEY, key=url_key)), None)


def of_subject(connection: Connection, subject: str) -> list[Link]:
    """All links of a subject, oldest edition first."""
    return _read(connection, _BY_SUBJECT, key=subject)


def of_year(connection: Connection, year: int) -> list[Link]:
    """All links of an edition."""
    return _read(connection, _OF_YEAR, key=year)


def _read(
    connection: Connection, statement: Select[Any] | CompoundSelect[Any], **values: object
) -> list[Link]:
    return [_link(row) for row in connection.execute(statement, values).mappings()]


def _link(row: RowMapping) -> Link:
    revoked, ends_at = row["revoked_at"] is not None, row.get("expires_at")
    return Link(
        keys.shared_key(row["url_key"], row["share"]) if ends_at else row["url_key"],
        row["subject"],
        row["year"],
        public_company(row["company"]),
        row["short"],
        bool(row["opted_out"]),
        revoked,
        ends_at,
    )


def make(
    connection: Connection,
    database: Database,
    year: int,
    companies: Mapping[str, str | None],
    at: datetime,
    draw: Draw,
) -> int:
    """Give each subject a link to its page of an edition, unless it has one; returns how many are new.

    Of several processes that do this at once, one gives each. A company that changed its name keeps its address.
    """
    rows = [
        {
            "url_key": keys.url_key(companies[subject], draw),
            "year": year,
            "subject": subject,
            "company": companies[subject],
            "created_at": at,
        }
        for subject in sorted(companies)
    ]
    connection.execute(database.insert_new(links), rows)
    held = select(links.c.url_key).where(links.c.url_key.in_([row["url_key"] for row in rows]))
    new = set(connection.execute(held).scalars())
    if new:
        short = [
            {"short": keys.short_key(draw), "url_key": url_key, "created_at": at} for url_key in sorted(new)
        ]
        connection.execute(insert(shorts), short)
    return len(new)


def rename(connection: Connection, year: int, companies: Mapping[str, str | None]) -> int:
    """Follow companies that changed their names; returns how many links show another name now."""
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
        note_change(connection)
    return len(renamed)


def revoke(connection: Connection, url_key: str, at: datetime) -> bool:
    """Take an address away for good; whether it was there and not taken away before."""
    live = update(links).where(links.c.url_key == url_key, links.c.revoked_at.is_(None))
    revoked = connection.execute(live.values(revoked_at=at)).rowcount > 0
    if revoked:
        note_change(connection)
    return revoked


def share(connection: Connection, url_key: str, expires_at: datetime, at: datetime, draw: Draw) -> Share:
    """A share link that lives at least half as long as was asked for.

    Anyone who sees the page may ask, so a link that is still young enough is given out again: they never pile up.
    """
    young_enough = at + (expires_at - at) / 2
    connection.execute(delete(shorts).where(shorts.c.url_key == url_key, shorts.c.expires_at <= at))
    newest = select(shorts.c.short, shorts.c.expires_at).where(
        shorts.c.url_key == url_key,
        shorts.c.expires_at >= young_enough,
        shorts.c.expires_at <= expires_at,
    )
    for row in connection.execute(newest.order_by(shorts.c.expires_at.desc(), shorts.c.short)):
        return Share(*row)
    made = Share(keys.share_key(draw), expires_at)
    values = {"short": made.short, "url_key": url_key, "created_at": at, "expires_at": made.expires_at}
    connection.execute(insert(shorts).values(values))
    return made


def opted_out(connection: Connection) -> set[str]:
    """All who want no page."""
    return {*connection.execute(select(opt_outs.c.subject)).scalars()}


def opt_out(connection: Connection, database: Database, subject: str, at: datetime) -> None:
    """From now on the subject has no page, whatever the edition."""
    connection.execute(database.insert_new(opt_outs).values(subject=subject, since=at))
    note_change(connection)


def opt_in(connection: Connection, subject: str) -> None:
    """The subject changed its mind."""
    connection.execute(delete(opt_outs).where(opt_outs.c.subject == subject))
    note_change(connection)
