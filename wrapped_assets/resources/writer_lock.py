"""One writer among the processes of this machine: a lock that the kernel takes back whatever becomes of its holder."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wrapped_assets.resources.errors import WarehouseBusy

ONE_WRITER = "there is one writer at a time"
# How long a writer waits for other processes.
WRITER_PATIENCE = 600.0


@contextmanager
def alone(lock: Path, place: str, patience: float) -> Iterator[None]:
    """Hold the lock; waits up to `patience` seconds for another writer, then names it."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + patience
    with lock.open("a+") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() >= deadline:
                    file.seek(0)
                    process = file.read().strip()
                    holder = f"process {process}" if process else "another process"
                    raise WarehouseBusy(place, holder, ONE_WRITER) from error
                time.sleep(0.05)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
