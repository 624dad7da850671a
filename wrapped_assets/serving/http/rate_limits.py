"""How many requests a second a token's name may make, and the numbers that say so.

`memory://` counts in each worker by itself; `redis://` counts for all workers and machines together. Never more than the limit
in any one second: a moving window, since a fixed one lets twice as many through around its edge.
"""

import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from limits import RateLimitItemPerSecond
from limits.errors import StorageError
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

_log = logging.getLogger(__name__)

# A Redis that does not answer costs a request this long, and then nobody asks it for a while.
_ANSWER_SECONDS = 0.25
_PAUSE_SECONDS = 5.0


@dataclass(frozen=True)
class Verdict:
    """Whether a request may go on, and how much is left; all in whole requests and seconds from now."""

    allowed: bool
    limit: int
    remaining: int
    reset_seconds: int
    """Until at least one more request is allowed than now."""

    @property
    def headers(self) -> dict[str, str]:
        """What to answer with."""
        headers = {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(self.reset_seconds),
        }
        # A client that comes back at once would be refused again.
        return headers if self.allowed else headers | {"Retry-After": str(max(1, self.reset_seconds))}


class Limits:
    """Counts requests by the name of their token."""

    def __init__(self, storage: Storage, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._shared = MovingWindowRateLimiter(storage)
        self._own = MovingWindowRateLimiter(MemoryStorage())
        self._monotonic = monotonic
        self._paused_until = -math.inf

    @classmethod
    def open(cls, url: str) -> "Limits":
        """Counters at `memory://` or `redis://host:port/0` (`rediss://` with TLS)."""
        if url.startswith("memory:"):
            return cls(MemoryStorage())
        # limits hands these to redis-py.
        options = {"socket_timeout": _ANSWER_SECONDS, "socket_connect_timeout": _ANSWER_SECONDS}
        return cls(storage_from_string(url, wrap_exceptions=True, **options))  # type: ignore[arg-type]

    def close(self) -> None:
        """Give the connections to Redis back."""
        close = getattr(getattr(self._shared.storage, "storage", None), "close", None)
        if close is not None:
            close()

    def hit(self, name: str, rps: int | None) -> Verdict | None:
        """Count one request of this name against its limit; None when it has none.

        While Redis does not answer, each worker counts by itself: a limit protects capacity, not data, so no request
        fails for it.
        """
        if rps is None:
            return None
        if self._monotonic() >= self._paused_until:
            try:
                return _hit(self._shared, name, rps)
            except StorageError as error:
                self._paused_until = self._monotonic() + _PAUSE_SECONDS
                _log.warning(
                    "Redis (WRAPPED_LIMITS_URL) does not answer, so each worker counts rate limits by itself: %s",
                    type(error.storage_error).__name__,
                )
        return _hit(self._own, name, rps)


def _hit(limiter: MovingWindowRateLimiter, name: str, rps: int) -> Verdict:
    item = RateLimitItemPerSecond(rps)
    allowed = limiter.hit(item, name)
    reset_at, remaining = limiter.get_window_stats(item, name)
    wait = math.ceil(reset_at - time.time())
    # A clock that is not ours says at most one window.
    return Verdict(allowed, rps, remaining, min(max(0, wait), 1))
