"""The summary document: one customer's year as the world may see it (schema version 2).

Here live the facts it is made from, the document's model and JSON form, and the arithmetic between them:
rates, percentages and ranks, computed once, from final integers. How the integers are counted is SQL's
business; nothing here reads a table, a clock or the environment. A document is a pure function of
(facts, edition), so building it again gives the same bytes.

The schemas are made by: python -m wrapped_assets.products.usage.document docs
"""

import datetime as dt
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count, groupby
from pathlib import Path
from typing import Annotated, Any, Literal, TypedDict, get_args

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)

from wrapped_assets.text.public_names import public_name

SCHEMA_VERSION: Literal[2] = 2
MOST_WORKSPACES = 5  # as sql/duckdb/summaries/facts.sql ranks them
LATEST_START = 7  # a year before that begins by this day of a month has all of that month
SMALLEST_COHORT = 100  # among fewer customers a rank would say something about each of the others

Weekday = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


# What goes in: the final integers of one customer and year.


class DayFacts(TypedDict):
    day: dt.date
    requests: int
    errors: int | None


class HourFacts(TypedDict):
    hour_of_day: int
    requests: int


class PreviousMonthFacts(TypedDict):
    first_day: dt.date
    requests: int


class WorkspaceFacts(TypedDict):
    name: str | None
    requests: int
    bytes_read: int
    bytes_written: int


class PipeFacts(TypedDict):
    name: str
    requests: int


class RegionFacts(TypedDict):
    region: str
    requests: int


class DatasourceFacts(TypedDict):
    name: str
    bytes: int
    rows: int


class KindFacts(TypedDict):
    event_type: str
    bytes: int
    rows: int
    operations: int


class Facts(TypedDict):
    """One row of wrapped_summaries. Lists arrive ranked and cut; days, hours and months are sparse and ascending.

    Of what some request does not say, the sum is None: unknown. `first_day` is a month's first day with a request.
    """

    year: int
    wrapped_id: str
    requests: int
    errors: int | None
    bytes_read: int
    rows_read: int
    result_rows: int | None
    p50_us: int | None
    p95_us: int | None
    p99_us: int | None
    days: list[DayFacts]
    hours: list[HourFacts]
    workspaces: list[WorkspaceFacts]
    pipes: list[PipeFacts]
    regions: list[RegionFacts]
    storage_bytes: int | None
    storage_rows: int | None
    largest_datasource: DatasourceFacts | None
    ingestion_bytes: int
    ingestion_rows: int
    ingestion_operations: int
    event_types: list[KindFacts]
    previous_requests: int | None
    previous_months: list[PreviousMonthFacts]
    fewer: int
    cohort_size: int


@dataclass(frozen=True)
class Edition:
    """The year published and how far its data reaches, both instants in UTC, and whether it follows late rows no more."""

    year: int
    through: dt.datetime
    generated_at: dt.datetime
    frozen: bool = False


class ContradictoryFacts(ValueError):
    """The facts of one customer disagree with each other, so no document was made of them."""

    def __init__(self, facts: Facts, what: str, seen: object, expected: object) -> None:
        year, wrapped_id = facts["year"], facts["wrapped_id"]
        super().__init__(
            f"The {year} summary of {wrapped_id} was not made: its facts contradict each other.\n"
            f"  {what}: {seen}, expected {expected}.\n"
            f"  Next: materialize wrapped_summaries for {year}; if that says the same, run "
            f"`wrapped check --year {year} --deep`."
        )


# What comes out: the model, its fields in the order of the JSON.


def _utc_milliseconds(moment: dt.datetime) -> dt.datetime:
    moment = moment.astimezone(dt.UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _iso(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


UNKNOWN = "null when one of them does not say"

Count = Annotated[int, Field(ge=0)]
MonthNumber = Annotated[int, Field(ge=1, le=12)]
Milliseconds = Annotated[float, Field(ge=0)]
Percentage = Annotated[float, Field(ge=0, le=100)]
Name = Annotated[str, AfterValidator(public_name)]
Instant = Annotated[
    AwareDatetime,
    AfterValidator(_utc_milliseconds),
    PlainSerializer(_iso, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2025-12-31T23:59:59.999Z"]}),
]
WrappedId = Annotated[
    str, Field(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
]


# Strict, because a sum that reaches Python as a float or a Decimal has been through something that can round.
class _Part(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, json_schema_serialization_defaults_required=True
    )


class Requests(_Part):
    """API requests of the year, from pipe_stats."""

    total: Count = Field(description="Requests, errors included.")
    errors: Count | None = Field(description=f"Requests whose error flag is 1; {UNKNOWN}.")
    error_rate: Annotated[float, Field(ge=0, le=1)] | None = Field(
        description="errors / total, six decimals, halves up; null without requests or errors."
    )
    bytes_read: Count = Field(description="Bytes read by the requests (sum of read_bytes).")
    rows_read: Count = Field(description="Rows read by the requests (sum of read_rows).")
    result_rows: Count | None = Field(
        description=f"Rows returned by the requests (sum of result_rows); {UNKNOWN}."
    )
    p50_ms: Milliseconds | None = Field(
        description="Milliseconds in which half of the requests were answered: nearest rank, "
        f"top of a duration bucket at most 1 % wide; null without requests, or {UNKNOWN}."
    )
    p95_ms: Milliseconds | None = Field(description="As p50_ms, for 95 % of the requests.")
    p99_ms: Milliseconds | None = Field(description="As p50_ms, for 99 % of the requests.")


class PeakDay(_Part):
    """The day with most requests, the earliest of equals, from pipe_stats."""

    date: dt.date = Field(description="The day, in UTC.")
    requests: Count = Field(description="Requests on that day.")


class PeakHour(_Part):
    """The hour of the day with most requests over the whole year, the lowest of equals, from pipe_stats."""

    hour_of_day: int = Field(ge=0, le=23, description="The hour, 0 to 23, in UTC.")
    requests: Count = Field(description="Requests in that hour, all days of the year together.")


class Month(_Part):
    """One calendar month, in UTC, from pipe_stats."""

    month: int = Field(ge=1, le=12, description="1 is January.")
    requests: Count = Field(description="Requests in the month.")
    errors: Count | None = Field(description=f"Those of them whose error flag is 1; {UNKNOWN}.")


class LargestDatasource(_Part):
    """The data source with most bytes at its last reading of the year, from storage."""

    name: Name = Field(description="The data source's newest name.")
    bytes: Count = Field(description="Its bytes at its last reading.")
    rows: Count = Field(description="Its rows at its last reading.")


class Storage(_Part):
    """What is kept: the last reading of the year of each data source, summed, from storage."""

    bytes: Count = Field(description="Bytes kept.")
    rows: Count = Field(description="Rows kept.")
    largest_datasource: LargestDatasource | None = Field(description="The largest of them by bytes.")


class EventType(_Part):
    """One kind of data source operation, from ingestion."""

    event_type: Name = Field(description="The kind, such as append or replace.")
    bytes: Count = Field(description="Bytes written by operations of this kind (sum of written_bytes).")
    rows: Count = Field(description="Rows written by operations of this kind (sum of written_rows).")
    operations: Count = Field(description="Operations of this kind.")


class Ingestion(_Part):
    """Data source operations of the year, from ingestion."""

    bytes: Count = Field(description="Bytes written (sum of written_bytes).")
    rows: Count = Field(description="Rows written (sum of written_rows).")
    operations: Count = Field(description="Operations of every kind.")
    top_event_types: tuple[EventType, ...] = Field(max_length=3, description="The 3 kinds with most bytes.")


class WorkspaceShare(_Part):
    """One workspace's part of the year, from pipe_stats (requests, read) and ingestion (written)."""

    name: Name = Field(description="Newest name; 'Workspace N' if none is known; last 'other', the rest.")
    requests: Count = Field(description="Requests in the workspace.")
    read_pct: Percentage = Field(
        description="Percent of the customer's bytes read, in tenths: together exactly 100.0, or all 0.0."
    )
    write_pct: Percentage = Field(description="As read_pct, of the customer's bytes written.")


class PipeRequests(_Part):
    """One pipe, from pipe_stats."""

    name: Name = Field(description="The pipe's newest name.")
    requests: Count = Field(description="Requests to it.")


class RegionRequests(_Part):
    """One region, from pipe_stats."""

    region: Name = Field(description="The region's public name.")
    requests: Count = Field(description="Requests logged there.")


class ComparedMonths(_Part):
    """The months that two years are compared by: those that both have whole, from pipe_stats."""

    first_month: MonthNumber = Field(
        description="The month of the customer's first request in the year before, or the one after it when that was after the 7th."
    )
    last_month: MonthNumber = Field(description="The last month that `through` has reached the end of.")
    previous_requests: int = Field(ge=1, description="Requests in these months of the year before.")
    requests: Count = Field(description="Requests in these months of the year.")


class PreviousYear(_Part):
    """The year before, from the same tables."""

    requests: int = Field(ge=1, description="Requests in the year before.")
    change_pct: Annotated[float, Field(ge=-100)] | None = Field(
        description="Percent by which requests changed in the compared months, one decimal, halves away from zero; null without any."
    )
    compared: ComparedMonths | None = Field(
        default=None,  # it is not in documents of schema version 1
        description="What change_pct compares; null when no month that both years have whole had a request in the year before.",
    )


class Rank(_Part):
    """The customer among all with a request this year (the cohort), counted exactly, from pipe_stats."""

    percentile: int = Field(
        ge=0, le=99, description="Percent of the cohort with strictly fewer requests, rounded down."
    )
    cohort_size: int = Field(ge=SMALLEST_COHORT, description="Customers with a request, this one included.")


class PublishedSummary(_Part):
    """One customer's year, as whoever has its address may see it. Integers are exact and may pass 2^53, where JSON.parse starts to round."""

    year: int = Field(description="The calendar year summed up, in UTC.")
    through: Instant = Field(description="The last instant covered, UTC.")
    generated_at: Instant = Field(description="When the newest data in it was exported, UTC.")
    schema_version: Literal[1, 2] = Field(
        description="Version of this schema; documents of version 1 stand until their edition is published again."
    )
    requests: Requests = Field(description="API requests.")
    peak_day: PeakDay | None = Field(description="The busiest day; null without requests.")
    peak_hour: PeakHour | None = Field(description="The busiest hour of the day; null without requests.")
    busiest_weekday: Weekday | None = Field(
        description="Weekday with most requests over the year, Monday first of equals; null without requests."
    )
    active_days: int = Field(ge=0, le=366, description="Days with at least one request.")
    longest_streak_days: int = Field(ge=0, le=366, description="Longest run of active days inside the year.")
    months: tuple[Month, ...] = Field(min_length=12, max_length=12, description="January to December.")
    days: tuple[Count, ...] = Field(
        min_length=365, max_length=366, description="Requests per day of the year."
    )
    storage: Storage | None = Field(description="What is kept; null without a reading this year.")
    ingestion: Ingestion | None = Field(description="What was written; null without an operation this year.")
    top_workspaces: tuple[WorkspaceShare, ...] = Field(
        max_length=MOST_WORKSPACES + 1,
        description="The 5 workspaces with most requests, then 'other' when anything is left.",
    )
    top_pipes: tuple[PipeRequests, ...] = Field(max_length=5, description="The 5 pipes with most requests.")
    regions: tuple[RegionRequests, ...] = Field(max_length=20, description="Requests by region, most first.")
    previous_year: PreviousYear | None = Field(description="Null when the customer had no request that year.")
    rank: Rank | None = Field(description="Null without requests, or when fewer than 100 customers had any.")

    @property
    def named_workspaces(self) -> tuple[WorkspaceShare, ...]:
        """The entries of top_workspaces that are a workspace each."""
        return self.top_workspaces[:MOST_WORKSPACES]

    @property
    def other_workspaces(self) -> WorkspaceShare | None:
        """The entry that sums up the rest. Its place tells, not its name, which a workspace may have too: facts name all
        workspaces there are or MOST_WORKSPACES of them, so only then is anything left.
        """
        return next(iter(self.top_workspaces[MOST_WORKSPACES:]), None)

    def to_json(self) -> bytes:
        """The published bytes, the same on every machine. `model_validate_json` of the same class reads them back."""
        return _as_json(self.model_dump(mode="json"))


class Summary(PublishedSummary):
    """One customer's year, and whose it is. Integers are exact and may pass 2^53, where JSON.parse starts to round."""

    wrapped_id: WrappedId = Field(description="The customer's public identity, a version 8 UUID.")

    def to_json(self) -> bytes:
        """What operators and programs with a token see: the identity, then the published fields."""
        fields = self.model_dump(mode="json")
        return _as_json({"wrapped_id": fields.pop("wrapped_id"), **fields})

    def published(self) -> PublishedSummary:
        """The document without its customer's identity, which leads to more than the page shows."""
        return PublishedSummary.model_construct(
            **{name: getattr(self, name) for name in PublishedSummary.model_fields}
        )


def _as_json(fields: dict[str, Any]) -> bytes:
    return json.dumps(fields, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


SCHEMAS: dict[str, type[PublishedSummary]] = {
    "summary.schema.json": Summary,
    "published.schema.json": PublishedSummary,
}
"""The files in docs/ that say what a document looks like."""


def json_schema(model: type[PublishedSummary] = Summary) -> dict[str, Any]:
    """The JSON Schema of a document."""
    schema = model.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


# From the one to the other.


def document(facts: Facts, edition: Edition) -> Summary:
    """The summary these facts make in this edition; ContradictoryFacts when they cannot all be true."""
    _refuse_contradictions(facts, edition)
    daily = _every_day(facts)
    return Summary(
        wrapped_id=facts["wrapped_id"],
        year=facts["year"],
        through=edition.through,
        generated_at=edition.generated_at,
        schema_version=SCHEMA_VERSION,
        requests=_requests(facts),
        peak_day=_peak_day(facts["year"], daily),
        peak_hour=_peak_hour(facts),
        busiest_weekday=_busiest_weekday(facts["year"], daily),
        active_days=sum(1 for requests in daily if requests),
        longest_streak_days=max((len([*run]) for active, run in groupby(daily, bool) if active), default=0),
        months=_months(facts),
        days=tuple(daily),
        storage=_storage(facts),
        ingestion=_ingestion(facts),
        top_workspaces=workspace_shares(
            facts["workspaces"], facts["requests"], facts["bytes_read"], facts["ingestion_bytes"]
        ),
        top_pipes=tuple(PipeRequests(**pipe) for pipe in facts["pipes"]),
        regions=tuple(RegionRequests(**region) for region in facts["regions"]),
        previous_year=_previous_year(facts, edition),
        rank=_rank(facts),
    )


def _refuse_contradictions(facts: Facts, edition: Edition) -> None:
    for what, seen, expected in chain(_wrong_times(facts, edition), _wrong_sums(facts)):
        raise ContradictoryFacts(facts, what, seen, expected)


def _wrong_times(facts: Facts, edition: Edition) -> Iterator[tuple[str, object, object]]:
    year = facts["year"]
    if edition.year != year:
        yield "Year of the edition", edition.year, year
    if edition.through.astimezone(dt.UTC).year > year:
        yield "Last instant covered", edition.through, f"one before {year + 1}"
    for day in facts["days"]:
        if day["day"].year != year:
            yield "Day", day["day"], f"one in {year}"


def _wrong_sums(facts: Facts) -> Iterator[tuple[str, object, object]]:
    days, hours = facts["days"], facts["hours"]
    for what, seen, expected in (
        ("Requests over all days", sum(day["requests"] for day in days), facts["requests"]),
        ("Errors over all days", _sum_of_known(day["errors"] for day in days), facts["errors"]),
        ("Requests over all hours", sum(hour["requests"] for hour in hours), facts["requests"]),
    ):
        if seen != expected:
            yield what, seen, expected
    outside = _outside(facts["workspaces"], facts["requests"], facts["bytes_read"], facts["ingestion_bytes"])
    for what, left in zip(("Requests", "Bytes read", "Bytes written"), outside, strict=True):
        if left < 0:
            yield f"{what} over the top workspaces", f"{-left} more than in all", "no more"


def _every_day(facts: Facts) -> list[int]:
    year = facts["year"]
    first = dt.date(year, 1, 1)
    daily = [0] * ((dt.date(year, 12, 31) - first).days + 1)
    for day in facts["days"]:
        daily[(day["day"] - first).days] += day["requests"]
    return daily


def _sum_of_known(numbers: Iterable[int | None]) -> int | None:
    """Their sum; None when one of them is unknown."""
    total = 0
    for number in numbers:
        if number is None:
            return None
        total += number
    return total


def _requests(facts: Facts) -> Requests:
    total, errors = facts["requests"], facts["errors"]
    return Requests(
        total=total,
        errors=errors,
        error_rate=None if errors is None or not total else _rounded(10**6 * errors, total) / 10**6,
        bytes_read=facts["bytes_read"],
        rows_read=facts["rows_read"],
        result_rows=facts["result_rows"],
        p50_ms=_milliseconds(facts["p50_us"]),
        p95_ms=_milliseconds(facts["p95_us"]),
        p99_ms=_milliseconds(facts["p99_us"]),
    )


def _milliseconds(microseconds: int | None) -> float | None:
    return None if microseconds is None else microseconds / 1000


def _rounded(numerator: int, denominator: int) -> int:
    """The nearest integer, halves away from zero; dividing it by ten or a million is the only float step."""
    nearest = (2 * abs(numerator) + denominator) // (2 * denominator)
    return nearest if numerator >= 0 else -nearest


def _peak_day(year: int, daily: list[int]) -> PeakDay | None:
    most = max(daily)
    if not most:
        return None
    return PeakDay(date=dt.date(year, 1, 1) + dt.timedelta(daily.index(most)), requests=most)


def _peak_hour(facts: Facts) -> PeakHour | None:
    if not facts["requests"]:
        return None
    return PeakHour(**max(facts["hours"], key=lambda hour: (hour["requests"], -hour["hour_of_day"])))


def _busiest_weekday(year: int, daily: list[int]) -> Weekday | None:
    starts_on = dt.date(year, 1, 1).weekday()
    totals = [sum(daily[(weekday - starts_on) % 7 :: 7]) for weekday in range(7)]
    return get_args(Weekday)[totals.index(max(totals))] if any(totals) else None


def _months(facts: Facts) -> tuple[Month, ...]:
    by_month: list[list[DayFacts]] = [[] for _ in range(12)]
    for day in facts["days"]:
        by_month[day["day"].month - 1].append(day)
    return tuple(
        Month(
            month=number,
            requests=sum(day["requests"] for day in days),
            errors=_sum_of_known(day["errors"] for day in days),
        )
        for number, days in enumerate(by_month, start=1)
    )


def _storage(facts: Facts) -> Storage | None:
    kept, rows, largest = facts["storage_bytes"], facts["storage_rows"], facts["largest_datasource"]
    if kept is None or rows is None:
        return None
    named = LargestDatasource(**largest) if largest else None
    return Storage(bytes=kept, rows=rows, largest_datasource=named)


def _ingestion(facts: Facts) -> Ingestion | None:
    if not facts["ingestion_operations"]:
        return None
    return Ingestion(
        bytes=facts["ingestion_bytes"],
        rows=facts["ingestion_rows"],
        operations=facts["ingestion_operations"],
        top_event_types=tuple(EventType(**kind) for kind in facts["event_types"]),
    )


def _outside(
    listed: Sequence[WorkspaceFacts], requests: int, bytes_read: int, bytes_written: int
) -> tuple[int, int, int]:
    """Requests, bytes read and bytes written that belong to none of the listed workspaces."""
    return (
        requests - sum(workspace["requests"] for workspace in listed),
        bytes_read - sum(workspace["bytes_read"] for workspace in listed),
        bytes_written - sum(workspace["bytes_written"] for workspace in listed),
    )


def workspace_shares(
    listed: Sequence[WorkspaceFacts], requests: int, bytes_read: int, bytes_written: int
) -> tuple[WorkspaceShare, ...]:
    """The listed workspaces' parts of a customer's totals, and "other" when they are not all of it."""
    rows = [*listed]
    requests, read, written = _outside(listed, requests, bytes_read, bytes_written)
    if requests or read or written:
        rows.append({"name": "other", "requests": requests, "bytes_read": read, "bytes_written": written})
    read_pct = _percentages([row["bytes_read"] for row in rows])
    write_pct = _percentages([row["bytes_written"] for row in rows])
    return tuple(
        WorkspaceShare(name=name, requests=row["requests"], read_pct=read, write_pct=write)
        for name, row, read, write in zip(_names(rows), rows, read_pct, write_pct, strict=True)
    )


def _names(rows: list[WorkspaceFacts]) -> Iterator[str]:
    unnamed = count(1)
    return (f"Workspace {next(unnamed)}" if row["name"] is None else row["name"] for row in rows)


def _percentages(parts: list[int]) -> list[float]:
    """Shares in tenths of a percent by largest remainder, the earlier of equals first; all 0.0 of nothing."""
    whole = sum(parts)
    if not whole:
        return [0.0] * len(parts)
    tenths = [1000 * part // whole for part in parts]
    by_remainder = sorted(range(len(parts)), key=lambda i: 1000 * parts[i] % whole, reverse=True)
    for i in by_remainder[: 1000 - sum(tenths)]:
        tenths[i] += 1
    return [tenth / 10 for tenth in tenths]


def _previous_year(facts: Facts, edition: Edition) -> PreviousYear | None:
    before = facts["previous_requests"]
    if not before:
        return None
    compared = _compared(facts, edition)
    return PreviousYear(requests=before, change_pct=_change_pct(compared), compared=compared)


def _change_pct(compared: ComparedMonths | None) -> float | None:
    if compared is None:
        return None
    before = compared.previous_requests
    return _rounded(1000 * (compared.requests - before), before) / 10


def _compared(facts: Facts, edition: Edition) -> ComparedMonths | None:
    """The part of the two years that is like for like; None when the year before has nothing in it."""
    months = facts["previous_months"]
    if not months:
        return None
    began = months[0]["first_day"]
    first, last = began.month + (began.day > LATEST_START), _last_whole_month(edition)
    before = sum(month["requests"] for month in months if first <= month["first_day"].month <= last)
    if not before:
        return None
    now = sum(day["requests"] for day in facts["days"] if first <= day["day"].month <= last)
    return ComparedMonths(first_month=first, last_month=last, previous_requests=before, requests=now)


def _last_whole_month(edition: Edition) -> int:
    """The last month of the year that the edition covers to its last millisecond; 0 when it covers none."""
    after = _utc_milliseconds(edition.through) + dt.timedelta(milliseconds=1)
    return after.month - 1 if after.year == edition.year else 12


def _rank(facts: Facts) -> Rank | None:
    cohort = facts["cohort_size"]
    if not facts["requests"] or cohort < SMALLEST_COHORT:
        return None
    return Rank(percentile=100 * facts["fewer"] // cohort, cohort_size=cohort)


if __name__ == "__main__":
    for name, model in SCHEMAS.items():
        Path(sys.argv[1], name).write_text(json.dumps(json_schema(model), indent=2) + "\n")
