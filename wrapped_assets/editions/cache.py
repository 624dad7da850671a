"""What was read lately, up to a number of bytes."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Bounded(Generic[Key, Value]):
    """A cache that forgets what was asked for longest ago. Safe for threads."""

    # What Python keeps beside the content: the entry, the key, the object around the bytes.
    OVERHEAD_BYTES = 400

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.bytes = 0
        self._held: OrderedDict[Key, tuple[Value, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key) -> Value | None:
        """What is held under a key."""
        with self._lock:
            found = self._held.get(key)
            if found is None:
                return None
            self._held.move_to_end(key)
            return found[0]

    def put(self, key: Key, value: Value, size: int) -> None:
        """Hold a value of `size` bytes; one that alone is larger than the cache is not held."""
        size += self.OVERHEAD_BYTES
        with self._lock:
            if before := self._held.pop(key, None):
                self.bytes -= before[1]
            if size > self.most_bytes:
                return
            self._held[key] = (value, size)
            self.bytes += size
            while self.bytes > self.most_bytes:
                _, (_, gone) = self._held.popitem(last=False)
                self.bytes -= gone

    def __len__(self) -> int:
        return len(self._held)
