"""What the driver reports, as the errors that this project's users read. No text here ever holds a password."""

import re
import ssl

from clickhouse_connect.driver.exceptions import (
    ClickHouseError,
    DatabaseError,
    OperationalError,
    ProgrammingError,
)

from wrapped_assets.resources.errors import (
    ClusterIncomplete,
    WarehouseError,
    WarehouseLost,
    WarehouseRefused,
    WarehouseUnreachable,
    WarehouseUntrusted,
)

_WHO = "check the user and the password in WRAPPED_WAREHOUSE_URL."
_RIGHTS = "give the user in WRAPPED_WAREHOUSE_URL the rights that docs/operations.md lists."
_MEMORY = (
    "if the limit of the query was exceeded, raise WRAPPED_MEMORY_LIMIT; if it was the server's, lower it or"
    " WRAPPED_THREADS so that statements spill earlier, or give the server more memory."
)
_TIME = "raise max_execution_time in the profile of the user in WRAPPED_WAREHOUSE_URL, or remove it."
_DISK = "make room on the server, then run the same again: it goes on from there."
_CLUSTER = "in WRAPPED_WAREHOUSE_URL, name behind ?cluster= one that `select cluster from system.clusters` shows on that node."
_NODES = "set the servers up as docs/operations.md says under A cluster: Keeper, distributed_ddl and macros."

# By ClickHouse's own number of the error.
_NEXT = {
    192: _WHO,
    193: _WHO,
    194: _WHO,
    516: _WHO,
    497: _RIGHTS,
    164: _RIGHTS,
    452: _RIGHTS,
    81: "somebody dropped the database; run the same again, which makes it anew if the user may.",
    159: _TIME,
    160: _TIME,
    241: _MEMORY,
    243: _DISK,
    701: _CLUSTER,
    139: _NODES,
    225: _NODES,
    392: _NODES,
}
# A node, a majority of replicas or Keeper is away.
_AWAY = frozenset((32, 209, 210, 242, 279, 285, 286, 289, 319, 341, 999))


def at_the_door(place: str, error: ClickHouseError) -> WarehouseError:
    """Why a server could not be opened."""
    if isinstance(error, ProgrammingError) and error.code is None:
        # The driver itself does not send a setting that this user may not change.
        return WarehouseRefused(place, seen(error), _RIGHTS)
    return _refusal(place, error) or WarehouseUnreachable(place, seen(error))


def at_work(place: str, error: ClickHouseError, on_cluster: bool = False) -> WarehouseError | None:
    """Why a statement failed; nothing when it is a defect of ours."""
    if on_cluster and _is_away(error):
        return ClusterIncomplete(place, seen(error))
    if refusal := _refusal(place, error):
        return refusal
    return WarehouseLost(place, seen(error)) if isinstance(error, OperationalError) else None


def _is_away(error: ClickHouseError) -> bool:
    # A node that did not carry out a DDL statement in time is told with the number of any time-out.
    code = code_of(error)
    return code in _AWAY or (code == 159 and "Distributed DDL task" in seen(error))


def _refusal(place: str, error: ClickHouseError) -> WarehouseError | None:
    if is_untrusted(error):
        return WarehouseUntrusted(place, seen(error))
    code = code_of(error)
    return WarehouseRefused(place, seen(error), _NEXT[code]) if code in _NEXT else None


def code_of(error: BaseException) -> int | None:
    """ClickHouse's own number of an error that the server answered with."""
    return error.code if isinstance(error, DatabaseError) else None


def is_untrusted(error: BaseException) -> bool:
    """Whether the server's certificate was not believed."""
    return isinstance(_first(error), ssl.SSLCertVerificationError)


def seen(error: BaseException) -> str:
    """The words of the server, or of whatever was first to notice that there is none."""
    answered = re.search(r"server response: (.*?)(?: \(for url |$)", str(error), re.DOTALL)
    if answered:
        return " ".join(answered[1].split())[:500]
    first = _first(error)
    return f"{type(first).__name__}: {first}".splitlines()[0][:500]


def _first(error: BaseException) -> BaseException:
    """The error that the others are about."""
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__  # type: ignore[assignment]
    return error
