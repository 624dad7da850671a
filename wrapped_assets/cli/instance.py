"""The Dagster instance that commands run in: the one that the UI shows."""

import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

from wrapped_assets.event_log import hand_events_over_in_batches
from wrapped_assets.launcher import fail_gone_runs
from wrapped_assets.progress import waits
from wrapped_assets.resources.errors import Refused
from wrapped_assets.settings import Settings

# Whose errors mean Dagster's own storage: the warehouse and the registry tell theirs themselves.
STORAGE_DRIVERS = ("sqlalchemy", "psycopg2", "dagster_postgres")


class HistoryUnavailable(Refused):
    """Dagster's own storage cannot be opened, or is lost in the middle of the work."""

    def __init__(self, config: Path, error: BaseException) -> None:
        while error.__cause__ is not None:
            error = error.__cause__
        seen = str(error).strip().partition("\n")[0] or type(error).__name__
        super().__init__(
            f"Dagster's storage, where {config} says, could not be used.\n  What was seen: {seen}\n"
            "  Next: check that its database is up and what `storage` in that file says, then run this again."
        )


@contextmanager
def dagster_instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """The Dagster instance of DAGSTER_HOME, or of `<home>/dagster`; made when it is not there.

    Runs whose process was killed are marked failed first: they would keep the pool of the one writer.
    """
    folder = Path(os.environ.get("DAGSTER_HOME") or settings.home / "dagster")
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "dagster.yaml"
    if not config.exists():
        shutil.copyfile(_instance_config(), config)
    hand_events_over_in_batches()
    with _retries_told():
        try:
            opened = dg.DagsterInstance.from_config(str(folder))
        except OSError:
            raise
        except Exception as error:
            raise HistoryUnavailable(config, error) from error
        with opened:
            try:
                fail_gone_runs(opened)
                yield opened
            except Exception as error:
                if type(error).__module__.split(".")[0] in STORAGE_DRIVERS:
                    raise HistoryUnavailable(config, error) from error
                raise


@contextmanager
def _retries_told() -> Iterator[None]:
    """Dagster warns of each try to reach its database over several lines: who waits is told the first."""
    handler = _Retries(logging.WARNING)
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)


class _Retries(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        waits(record.getMessage().strip().partition("\n")[0])


def _instance_config() -> Path:
    here = Path(__file__).parents[1]
    return next(path for path in (here.parent / "dagster.yaml", here / "dagster.yaml") if path.exists())
