"""The faults, by the part of the pipeline they are made in, in the order data flows."""

from tests.mutants.fault import Fault
from tests.mutants.faults import (
    clickhouse,
    landing,
    names,
    publication,
    raw,
    rollups,
    serving,
    summaries,
    tokens,
    triggers,
    unknown,
)

FAULTS: tuple[Fault, ...] = (
    *triggers.FAULTS,
    *landing.FAULTS,
    *raw.FAULTS,
    *rollups.FAULTS,
    *names.FAULTS,
    *summaries.FAULTS,
    *unknown.FAULTS,
    *clickhouse.FAULTS,
    *publication.FAULTS,
    *serving.FAULTS,
    *tokens.FAULTS,
)
