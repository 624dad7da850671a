"""What a region's server or the driver reports, as the errors that an operator reads. No text here holds a DSN."""

import re
from pathlib import Path

from wrapped_assets.resources.clickhouse import troubles
from wrapped_assets.resources.errors import RegionRefused, RegionUnavailable, RegionUnreachable

_WHO = "check the user and the password of {region} in WRAPPED_REGIONS"
_RIGHTS = (
    "grant the user of {region} in WRAPPED_REGIONS `select` on its database and nothing else"
    " (docs/operations.md): a regional database is read and never written"
)
_TABLES = (
    "check the database of {region} in WRAPPED_REGIONS: it must hold the tables and columns of docs/landing-contract.md,"
    " except region and exported_at"
)
_SETTINGS = (
    "let the user of {region} in WRAPPED_REGIONS set memory and threads as high as WRAPPED_MEMORY_LIMIT and"
    " WRAPPED_THREADS say, or give it `readonly = 1`: then only its profile counts"
)
_TIME = "raise max_execution_time in the profile of the user of {region} in WRAPPED_REGIONS, or remove it"
_MEMORY = (
    "lower WRAPPED_THREADS or raise WRAPPED_MEMORY_LIMIT; if the limit is that of the user of {region} in WRAPPED_REGIONS,"
    " raise it there"
)
_CERTIFICATE = (
    "name the file of the authority that signed its certificate in the entry of {region} in WRAPPED_REGIONS, as"
    " ?ca=/absolute/file.pem, and the host as the certificate calls it"
)
_ELSE = "look into the server's log for it; the entry of {region} in WRAPPED_REGIONS says where it is"

# By ClickHouse's own number of the error.
_NEXT = {
    **dict.fromkeys((192, 193, 194, 516), _WHO),
    **dict.fromkeys((164, 497), _RIGHTS),
    # No such column, table or database; a column of a type with which nothing can be done.
    **dict.fromkeys((8, 10, 16, 36, 43, 47, 53, 60, 70, 81, 386), _TABLES),
    452: _SETTINGS,
    **dict.fromkeys((159, 160), _TIME),
    241: _MEMORY,
}

# The server has begun its answer when it fails in the middle: its words are the end of what was written.
_LAST_WORDS = re.compile(rb"Code: (\d+)\. (DB::Exception: [^\r\n]*)")
_LAST_BYTES = 16 * 1024


def explained(region: str, place: str, error: Exception, written: Path | None) -> RegionUnavailable:
    """Why an export failed, by what the driver raised and what had been written of the answer."""
    if troubles.is_untrusted(error):
        return _refused(region, place, troubles.seen(error), _CERTIFICATE)
    code, seen = troubles.code_of(error), troubles.seen(error)
    if code is None and written and (last := _last_words(written)):
        code, seen = last
    if code in _NEXT:
        return _refused(region, place, seen, _NEXT[code])
    if code is not None:
        return RegionUnavailable(
            region, f"What was seen at {place}: {seen}", "failed", _ELSE.format(region=region)
        )
    if written and written.exists():
        return RegionUnreachable(region, place, seen, "stopped answering in the middle of an export")
    return RegionUnreachable(region, place, seen)


def _refused(region: str, place: str, seen: str, hint: str) -> RegionRefused:
    return RegionRefused(region, place, seen, hint.format(region=region))


def _last_words(written: Path) -> tuple[int, str] | None:
    """The number and the words of the error that ends a file; nothing when none does."""
    if not written.exists():
        return None
    with written.open("rb") as file:
        file.seek(max(0, written.stat().st_size - _LAST_BYTES))
        found = _LAST_WORDS.findall(file.read())
    if not found:
        return None
    number, words = found[-1]
    return int(number), words.decode(errors="replace")[:500]
