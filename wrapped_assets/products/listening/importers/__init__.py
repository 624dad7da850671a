"""Anyone's own year: what Spotify, Last.fm and ListenBrainz export of one person, as landing files.

A service is a module: which files it reads, the rows of one, and the play that a row tells or the reason why it is none.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from wrapped_assets.products.listening.importers import lastfm, listenbrainz, spotify
from wrapped_assets.products.listening.importers.exports import Member, NotAnExport, members
from wrapped_assets.products.listening.importers.plays import MALFORMED, REPEATED, Found

SERVICES = {"spotify": spotify, "lastfm": lastfm, "listenbrainz": listenbrainz}


def read(service: str, paths: Sequence[Path], now: datetime) -> Found:
    """Everything that these files tell; raises NotAnExport for one that the service never wrote, or when no play is left."""
    module = SERVICES[service]
    found = Found(service, now, ended=service == "spotify")
    for member in members(paths, module.FILES, module.HOLDS):
        _read_one(service, member, found)
    if not found.count:
        counted = Counter({reason: count for reason, count in found.left.items() if reason != REPEATED})
        seen = "; ".join(f"{count:,} rows: {reason}" for reason, count in sorted(counted.items()))
        raise NotAnExport(
            ", ".join(map(str, paths)), f"No play is in it. {seen or 'It is empty'}.", module.ASK
        )
    return found


def _read_one(service: str, member: Member, found: Found) -> None:
    module, rows, malformed, first = SERVICES[service], 0, 0, ""
    for rows, (place, row) in enumerate(module.rows(member), 1):  # noqa: B007 - how many there were
        where = f"{member.place}, {place}"
        play = module.play(row)
        if isinstance(play, str):
            found.leave(play, where)
            malformed += play == MALFORMED
            first = first or place
        else:
            found.take(play, where)
    if rows and malformed == rows:
        raise NotAnExport(f"{member.place}, {first}", f"None of its {rows:,} rows is a play.", module.ASK)
