"""What a customer's year-in-review promises, each promise on the few facts it needs.

The schemas are golden files. To remake them: python -m wrapped_assets.products.usage.document docs
"""

import base64
import datetime as dt
import json
import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, cast
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from wrapped_assets.assets import plots
from wrapped_assets.product import ContradictoryFacts, Edition, Facts
from wrapped_assets.products.usage import document
from wrapped_assets.products.usage.document import PublishedSummary, Summary
from wrapped_assets.products.usage.stories.workspaces import Workspace

DOCS = Path(__file__).parents[1] / "docs"
WRAPPED_ID = "883065d6-d27f-851e-ab8c-aef33a2a3b86"
COUNTS = st.integers(0, 2**80)


ABSENT: dict[str, Any] = {
    **dict.fromkeys(("bytes_read", "rows_read", "result_rows", "fewer", "cohort_size"), 0),
    **dict.fromkeys(("ingestion_bytes", "ingestion_rows", "ingestion_operations"), 0),
    **dict.fromkeys(("p50_us", "p95_us", "p99_us", "previous_requests"), None),
    **dict.fromkeys(("storage_bytes", "storage_rows", "largest_datasource"), None),
    **{name: [] for name in ("workspaces", "pipes", "regions", "event_types")},
}


def facts(
    days: dict[str, int] | None = None, failed: dict[str, int] | None = None, year: int = 2025, **others: Any
) -> Facts:
    """A customer with these requests ({"03-04": 5}), some failed, all at noon, those of the year before on its first day,
    and else what is told.
    """
    days, failed = days or {}, failed or {}
    before = others.get("previous_requests")
    total = sum(days.values())
    told = {
        "year": year,
        "wrapped_id": WRAPPED_ID,
        "requests": total,
        "errors": sum(failed.values()),
        "days": [
            {"day": dt.date.fromisoformat(f"{year}-{day}"), "requests": n, "errors": failed.get(day, 0)}
            for day, n in days.items()
        ],
        "hours": [{"hour_of_day": 12, "requests": total}],
        "previous_months": [{"first_day": f"{year - 1}-01-01", "requests": before}] if before else [],
        "previous_last_day": f"{year - 1}-12-31" if before else None,
    }
    return cast(Facts, ABSENT | told | others)


def workspace(name: str | None, requests: int = 0, read: int = 0, written: int = 0) -> Workspace:
    return {"name": name, "requests": requests, "bytes_read": read, "bytes_written": written}


def edition(year: int = 2025) -> Edition:
    last = dt.datetime(year, 12, 31, 23, 59, 59, 999000, dt.UTC)
    return Edition(year=year, through=last, generated_at=last + dt.timedelta(hours=1))


def summary(known: Facts) -> Summary:
    return document.document(known, edition(known["year"]))


def shares(read: Sequence[int], left: int = 0) -> list[float]:
    """The read percentages of workspaces that read these bytes, with `left` more read outside of them."""
    known = facts(workspaces=[workspace("w", read=part) for part in read], bytes_read=sum(read) + left)
    return [row.read_pct for row in summary(known).top_workspaces]


def exactly(percentages: Sequence[float]) -> list[Decimal]:
    """The percentages as the JSON shows them."""
    return [Decimal(json.dumps(value)) for value in percentages]


# The whole document


def whole_year() -> Facts:
    return facts(
        {"01-31": 3, "02-01": 5, "12-31": 1},
        failed={"01-31": 1, "12-31": 1},
        bytes_read=2**70,
        rows_read=40,
        result_rows=8,
        p50_us=1500,
        p95_us=2_000_001,
        p99_us=2_000_001,
        hours=[{"hour_of_day": 0, "requests": 4}, {"hour_of_day": 23, "requests": 5}],
        workspaces=[workspace("Café", 6, 2**69, 30), workspace(None, 3, 2**69, 60)],
        pipes=[{"name": "top_pages", "requests": 9}],
        regions=[{"region": "aws-eu-west-1", "requests": 9}],
        storage_bytes=700,
        storage_rows=7,
        largest_datasource={"name": "events", "bytes": 600, "rows": 6},
        ingestion_bytes=90,
        ingestion_rows=9,
        ingestion_operations=2,
        event_types=[{"event_type": "append", "bytes": 90, "rows": 9, "operations": 2}],
        previous_requests=8,
        previous_months=[
            {"first_day": "2024-01-01", "requests": 3},
            {"first_day": "2024-02-01", "requests": 5},
        ],
        fewer=199,
        cohort_size=200,
    )


def test_the_published_bytes() -> None:
    """One customer's whole document, byte for byte: this order, this spelling, nothing between."""
    days = ",".join(["0"] * 30 + ["3", "5"] + ["0"] * 332 + ["1"])
    months = [(1, 3, 1), (2, 5, 0), *((month, 0, 0) for month in range(3, 12)), (12, 1, 1)]
    expected = (
        '{"wrapped_id":"883065d6-d27f-851e-ab8c-aef33a2a3b86","year":2025,"through":"2025-12-31T23:59:59.999Z",'
        '"generated_at":"2026-01-01T00:59:59.999Z","schema_version":2,'
        '"requests":{"total":9,"errors":2,"error_rate":0.222222,"bytes_read":1180591620717411303424,"rows_read":40,'
        '"result_rows":8,"p50_ms":1.5,"p95_ms":2000.001,"p99_ms":2000.001},'
        '"peak_day":{"date":"2025-02-01","requests":5},"peak_hour":{"hour_of_day":23,"requests":5},'
        '"busiest_weekday":"Saturday","active_days":3,"longest_streak_days":2,"months":['
        + ",".join(f'{{"month":{month},"requests":{n},"errors":{errors}}}' for month, n, errors in months)
        + f'],"days":[{days}],'
        '"storage":{"bytes":700,"rows":7,"largest_datasource":{"name":"events","bytes":600,"rows":6}},'
        '"ingestion":{"bytes":90,"rows":9,"operations":2,'
        '"top_event_types":[{"event_type":"append","bytes":90,"rows":9,"operations":2}]},'
        '"top_workspaces":[{"name":"Café","requests":6,"read_pct":50.0,"write_pct":33.3},'
        '{"name":"Workspace 1","requests":3,"read_pct":50.0,"write_pct":66.7}],'
        '"top_pipes":[{"name":"top_pages","requests":9}],"regions":[{"region":"aws-eu-west-1","requests":9}],'
        '"previous_year":{"requests":8,"change_pct":20.0,"compared":{"first_month":2,"last_month":12,"previous_requests":5,"requests":6}},'
        '"rank":{"percentile":99,"cohort_size":200}}'
    )

    assert summary(whole_year()).to_json().decode() == expected


def test_reading_a_document_back_gives_the_same_document() -> None:
    """A stored document is the whole truth: parsed and written again it has the same bytes."""
    document = summary(whole_year())

    assert Summary.model_validate_json(document.to_json()) == document
    assert Summary.model_validate_json(document.to_json()).to_json() == document.to_json()


@pytest.mark.parametrize("name", document.SCHEMAS)
def test_the_schemas_are_the_models(name: str) -> None:
    """The files in docs/ are what the code makes today; the module's docstring says how to remake them."""
    schema = document.json_schema(document.SCHEMAS[name])
    assert (DOCS / name).read_text() == json.dumps(schema, indent=2) + "\n"


def test_what_is_published_is_the_document_without_its_identity() -> None:
    """The same fields in the same order with the same values, and a schema that has no place for the identity."""
    document = summary(whole_year())
    fields = json.loads(document.to_json())
    published = document.published()

    assert next(iter(fields)) == "wrapped_id"
    del fields["wrapped_id"]
    assert published.to_json().decode() == json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    assert PublishedSummary.model_validate_json(published.to_json()) == published
    with pytest.raises(ValidationError):
        PublishedSummary.model_validate_json(document.to_json())


@pytest.mark.parametrize("model", document.SCHEMAS.values())
def test_every_field_is_described_and_required(model: type[PublishedSummary]) -> None:
    """Whoever reads the schema learns what each field means, and can rely on each being there."""
    schema = document.json_schema(model)
    for part in (schema, *schema["$defs"].values()):
        assert part["description"]
        assert part["required"] == list(part["properties"])
        assert part["additionalProperties"] is False
        assert all(field.get("description") for field in part["properties"].values()), part["title"]


def test_a_customer_of_whom_nothing_is_known_has_a_document_of_zeros_and_nulls() -> None:
    """No request, no reading, no operation: every list is there, every best-of is null, nothing fails."""
    fields = json.loads(summary(facts()).to_json())

    assert fields["requests"] == {
        "total": 0,
        "errors": 0,
        "error_rate": None,
        "bytes_read": 0,
        "rows_read": 0,
        "result_rows": 0,
        "p50_ms": None,
        "p95_ms": None,
        "p99_ms": None,
    }
    assert fields["days"] == [0] * 365
    assert fields["active_days"] == fields["longest_streak_days"] == 0
    assert fields["top_workspaces"] == fields["top_pipes"] == fields["regions"] == []
    nulls = ("peak_day", "peak_hour", "busiest_weekday", "storage", "ingestion", "previous_year", "rank")
    assert [fields[name] for name in nulls] == [None] * 7


def test_instants_are_utc_cut_to_the_millisecond() -> None:
    """Another zone is converted, never printed; a microsecond never rounds into the next year."""
    east = dt.timezone(dt.timedelta(hours=1))
    through = dt.datetime(2026, 1, 1, 0, 59, 59, 999999, east)
    told = document.document(facts(), Edition(2025, through, through))

    assert json.loads(told.to_json())["through"] == "2025-12-31T23:59:59.999Z"
    assert Summary.model_validate_json(told.to_json()) == told


def test_an_instant_without_a_zone_is_refused() -> None:
    """Nobody could say which instant it is."""
    naive = dt.datetime(2025, 6, 1)

    with pytest.raises(ValidationError, match="timezone"):
        document.document(facts(), Edition(2025, naive, naive))


@pytest.mark.parametrize("lossy", [9.0, Decimal(9), "9", True])
def test_a_count_that_is_not_an_integer_is_refused(lossy: object) -> None:
    """A sum that was ever a float may have lost its last digits, so none gets in, however round it looks."""
    with pytest.raises(ValidationError, match="rows_read"):
        summary(facts(rows_read=lossy))


def test_no_email_address_is_published() -> None:
    """Names are free text from outside, and people name things after themselves."""
    known = facts(
        {"01-01": 2},
        workspaces=[workspace("ana.b+x@example.co.uk's data", 1)],
        pipes=[{"name": "to_<bob@example.com>", "requests": 2}],
        storage_bytes=1,
        storage_rows=1,
        largest_datasource={"name": "josé@exämple.com", "bytes": 1, "rows": 1},
        ingestion_operations=1,
        event_types=[{"event_type": "a@b.cd,e@f.gh", "bytes": 0, "rows": 0, "operations": 1}],
    )
    document = summary(known)

    assert document.top_workspaces[0].name == "someone"
    assert document.top_pipes[0].name == "someone"
    assert document.storage and document.storage.largest_datasource
    assert document.storage.largest_datasource.name == "someone"
    assert document.ingestion and document.ingestion.top_event_types[0].event_type == "someone"
    assert b"@" not in document.to_json()


# Requests


@pytest.mark.parametrize(
    ("errors", "requests", "rate"),
    [
        (0, 7, 0.0),
        (7, 7, 1.0),
        (1, 3, 0.333333),
        (2, 3, 0.666667),
        (1, 2_000_000, 0.000001),  # half a millionth goes up, where half to even would stay at 0
        (999_999, 2_000_000, 0.5),
        (10**25 - 1, 3 * 10**25, 0.333333),
    ],
)
def test_error_rate_has_six_decimals_halves_up(errors: int, requests: int, rate: float) -> None:
    """The share of requests that failed, as anyone would round it on paper."""
    assert summary(facts({"05-01": requests}, failed={"05-01": errors})).requests.error_rate == rate


def test_milliseconds_are_the_microseconds_exactly() -> None:
    """The longest duration a landing row may have still shows its last microsecond."""
    document = summary(facts({"01-01": 1}, p50_us=0, p95_us=1, p99_us=2**45 - 1))

    assert [document.requests.p50_ms, document.requests.p95_ms] == [0.0, 0.001]
    assert b'"p99_ms":35184372088.831' in document.to_json()


@given(COUNTS, COUNTS)
def test_integers_beyond_64_bits_come_out_as_they_went_in(read: int, rows: int) -> None:
    """A year of a large customer may pass 2^64 bytes; its document says exactly how many."""
    fields = json.loads(summary(facts(bytes_read=read, rows_read=rows)).to_json())

    assert (fields["requests"]["bytes_read"], fields["requests"]["rows_read"]) == (read, rows)


# The calendar


def test_peak_day_is_the_earliest_of_equals() -> None:
    """Two days of nine requests: the first one is the peak."""
    peak = summary(facts({"02-28": 8, "03-01": 9, "03-02": 9})).peak_day

    assert peak and (peak.date, peak.requests) == (dt.date(2025, 3, 1), 9)


def test_peak_hour_is_the_lowest_of_equals() -> None:
    """Equally busy at 7 and at 19: it says 7, in whatever order the hours arrive."""
    hours = [{"hour_of_day": hour, "requests": n} for hour, n in ((19, 4), (7, 4), (3, 1))]

    peak = summary(facts({"01-01": 9}, hours=hours)).peak_hour

    assert peak and (peak.hour_of_day, peak.requests) == (7, 4)


@pytest.mark.parametrize(
    ("days", "weekday"),
    [
        ({"01-01": 1}, "Wednesday"),
        ({"12-31": 1}, "Wednesday"),
        ({"01-05": 3, "01-06": 2, "01-13": 2}, "Monday"),  # the sum decides, not the best single day
        ({"01-05": 3, "01-06": 3}, "Monday"),  # a Sunday and the Monday after it
        ({"01-04": 3, "01-05": 3}, "Saturday"),
    ],
)
def test_busiest_weekday_sums_the_year_and_prefers_monday(days: dict[str, int], weekday: str) -> None:
    """The weekday with most requests over the year; among equals the first, from Monday on."""
    assert summary(facts(days)).busiest_weekday == weekday


@given(st.dates(dt.date(1990, 1, 1), dt.date(2100, 12, 31)))
def test_a_lone_day_is_its_own_weekday_in_every_year(day: dt.date) -> None:
    """Wherever the year starts, a customer of one day was busiest on that day's weekday."""
    english = summary(facts({day.strftime("%m-%d"): 1}, year=day.year)).busiest_weekday

    week = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    assert english == week[day.weekday()]


@pytest.mark.parametrize(
    ("days", "active", "streak"),
    [
        ({}, 0, 0),
        ({"06-15": 1}, 1, 1),
        ({"01-01": 1, "01-03": 1, "01-04": 1, "12-31": 1}, 4, 2),
        ({"12-29": 1, "12-30": 1, "12-31": 1, "01-01": 1}, 4, 3),  # a year's end does not touch its start
        ({"02-28": 1, "03-01": 1}, 2, 2),
        ({"03-01": 1, "03-02": 0, "03-03": 1}, 2, 1),  # a day listed with no request is not active
    ],
)
def test_active_days_and_the_longest_streak(days: dict[str, int], active: int, streak: int) -> None:
    """Days with a request, and the longest unbroken run of them inside the year."""
    document = summary(facts(days))

    assert (document.active_days, document.longest_streak_days) == (active, streak)


@given(st.sets(st.integers(0, 365)))
def test_a_streak_is_the_longest_run_of_days_in_a_row(chosen: set[int]) -> None:
    """Counted the slow way, from every day forward, in a leap year."""
    days = [dt.date(2024, 1, 1) + dt.timedelta(i) for i in sorted(chosen)]
    longest = 0
    for start in chosen:
        length = 1
        while start + length in chosen:
            length += 1
        longest = max(longest, length)

    document = summary(facts({day.strftime("%m-%d"): 1 for day in days}, year=2024))

    assert (document.active_days, document.longest_streak_days) == (len(chosen), longest)


def test_a_leap_year_has_its_29th_of_february() -> None:
    """366 days on the heat map, the leap day between its neighbours and inside a streak."""
    document = summary(facts({"02-28": 1, "02-29": 2, "03-01": 3, "12-31": 4}, year=2024))

    assert len(document.days) == 366
    assert document.days[58:61] == (1, 2, 3)
    assert document.days[365] == 4
    assert document.longest_streak_days == 3
    assert document.months[1].requests == 3


def test_months_count_from_their_first_day_to_their_last() -> None:
    """Requests of 31 January and 1 February stay apart, and an empty month is there with zeros."""
    months = summary(facts({"01-01": 1, "01-31": 2, "02-01": 4, "12-31": 8})).months

    assert [month.month for month in months] == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    assert [month.requests for month in months] == [3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8]


# Storage and ingestion


def test_storage_of_nothing_is_zero_and_not_null() -> None:
    """A data source that was read as empty is known to be empty."""
    known = facts(storage_bytes=0, storage_rows=0, largest_datasource={"name": "e", "bytes": 0, "rows": 0})
    storage = summary(known).storage

    assert storage and (storage.bytes, storage.rows) == (0, 0)


def test_operations_that_wrote_nothing_still_show() -> None:
    """Ingestion is null only when nothing was done: a truncate writes no byte and is an operation."""
    kinds = [{"event_type": "truncate", "bytes": 0, "rows": 0, "operations": 3}]
    ingestion = summary(facts(ingestion_operations=3, event_types=kinds)).ingestion

    assert ingestion and ingestion.operations == 3
    assert ingestion.top_event_types[0].event_type == "truncate"


# Workspaces and their shares


@pytest.mark.parametrize(
    ("read", "percentages"),
    [
        ([1, 1, 1], [33.4, 33.3, 33.3]),  # equal remainders: the earlier gets the odd tenth
        ([2, 1], [66.7, 33.3]),
        ([1, 2], [33.3, 66.7]),  # the larger remainder, not the earlier entry
        ([1, 1, 1, 1, 1], [20.0] * 5),
        ([1, 0], [100.0, 0.0]),
        ([9999, 1], [100.0, 0.0]),
        ([9995, 5], [100.0, 0.0]),  # half a tenth each: the earlier
        ([2**100, 2**100 + 1], [50.0, 50.0]),
    ],
)
def test_shares_round_by_largest_remainder(read: list[int], percentages: list[float]) -> None:
    """Tenths of a percent that add up, the odd tenth where it is least wrong."""
    assert shares(read) == percentages


def test_other_takes_part_in_the_rounding() -> None:
    """Six equal parts, the sixth of them 'other': the last in line for an odd tenth."""
    assert shares([1] * 5, left=1) == [16.7, 16.7, 16.7, 16.7, 16.6, 16.6]


@given(st.lists(COUNTS, max_size=5), COUNTS)
def test_shares_sum_to_exactly_a_hundred(read: list[int], left: int) -> None:
    """As printed, to the last tenth, or all 0.0 for a customer who read nothing."""
    total = sum(exactly(shares(read, left)))

    assert total == (Decimal("100.0") if sum(read) + left else 0)


@given(st.lists(COUNTS, min_size=1, max_size=5), COUNTS)
def test_no_share_is_a_tenth_off(read: list[int], left: int) -> None:
    """Adding up costs each share less than 0.1 of its true value, and nothing at all stays 0.0."""
    parts, whole = [*read, left], sum(read) + left
    for part, shown in zip(parts, exactly(shares(read, left)), strict=False):
        assert abs(Fraction(shown) - Fraction(100 * part, whole or 1)) < Fraction(1, 10)
        assert part or not shown


@given(st.lists(COUNTS, min_size=2, max_size=5))
def test_who_read_more_never_shows_less(read: list[int]) -> None:
    """The printed shares keep the order of the bytes."""
    shown = [share for _, share in sorted(zip(read, shares(read), strict=True))]

    assert shown == sorted(shown)


@pytest.mark.parametrize(
    ("known", "requests", "read_pct", "write_pct"),
    [
        (facts({"01-01": 1}), 1, 0.0, 0.0),
        (facts(bytes_read=1), 0, 100.0, 0.0),
        (facts(ingestion_bytes=1), 0, 0.0, 100.0),
    ],
)
def test_other_is_there_when_anything_is_left(
    known: Facts, requests: int, read_pct: float, write_pct: float
) -> None:
    """A sixth workspace with only a request, only bytes read or only bytes written is still counted."""
    [row] = summary(known).top_workspaces

    assert (row.name, row.requests, row.read_pct, row.write_pct) == ("other", requests, read_pct, write_pct)


def test_there_is_no_other_when_nothing_is_left() -> None:
    """Two workspaces that make up the whole year stand alone, and one that wrote nothing shows 0.0."""
    known = facts({"01-01": 3}, workspaces=[workspace("a", 2, 5), workspace("b", 1, 5)], bytes_read=10)
    rows = [(row.name, row.requests, row.read_pct, row.write_pct) for row in summary(known).top_workspaces]

    assert rows == [("a", 2, 50.0, 0.0), ("b", 1, 50.0, 0.0)]


def test_unnamed_workspaces_are_numbered_among_themselves() -> None:
    """A workspace that no snapshot names shows by its place among the unnamed, never by an internal id."""
    known = facts(workspaces=[workspace(name) for name in (None, "sales", None)])

    assert [row.name for row in summary(known).top_workspaces] == ["Workspace 1", "sales", "Workspace 2"]


# The year before and the rank


@pytest.mark.parametrize(
    ("now", "before", "change"),
    [
        (150, 100, 50.0),
        (0, 7, -100.0),
        (7, 7, 0.0),
        (2001, 2000, 0.1),  # 0.05 goes away from zero
        (1999, 2000, -0.1),
        (1, 3, -66.7),
        (999_999, 1_000_000, 0.0),
        (10**25, 1, 1e27),
    ],
)
def test_change_has_one_decimal_halves_away_from_zero(now: int, before: int, change: float) -> None:
    """The percent by which requests grew or shrank, as anyone would round it on paper; never a minus zero."""
    previous = summary(facts({"01-01": now, "12-31": 0}, previous_requests=before)).previous_year

    assert previous and (previous.requests, str(previous.change_pct)) == (before, str(change))


@pytest.mark.parametrize(
    ("earlier", "now", "months"),
    [
        (("01-07", "12-25"), ("01-07", "12-25"), (1, 12)),
        (("01-08", "12-24"), ("01-01", "12-31"), (2, 11)),
        (("01-01", "12-31"), ("01-08", "12-24"), (2, 11)),
        (("01-01", "02-23"), ("01-01", "12-31"), (1, 2)),  # a leap year's
        (("01-01", "02-22"), ("01-01", "12-31"), (1, 1)),
        (("07-01", "12-31"), ("01-01", "12-31"), (7, 12)),
        (("01-01", "12-31"), ("07-01", "12-31"), (7, 12)),
        (("07-01", "12-31"), ("01-01", "06-30"), None),
    ],
)
def test_a_month_is_compared_when_neither_year_begins_late_or_ends_early_in_it(
    earlier: tuple[str, str], now: tuple[str, str], months: tuple[int, int] | None
) -> None:
    """Seven days at either end may be without a request: the customer's own, whatever else was exported."""
    before = [
        {"first_day": f"2024-{month:02}-{earlier[0][3:]}", "requests": 1}
        for month in range(int(earlier[0][:2]), int(earlier[1][:2]) + 1)
    ]
    told: dict[str, Any] = {
        "previous_requests": len(before),
        "previous_months": before,
        "previous_last_day": f"2024-{earlier[1]}",
    }
    previous = summary(facts(dict.fromkeys(now, 1), **told)).previous_year

    assert previous
    compared = previous.compared
    assert (compared and (compared.first_month, compared.last_month)) == months


@pytest.mark.parametrize("before", [None, 0])
def test_a_first_year_has_nothing_to_compare_with(before: int | None) -> None:
    """No request in the year before: no percent, rather than an infinite one."""
    assert summary(facts({"01-01": 5}, previous_requests=before)).previous_year is None


@given(st.integers(100, 10**9), st.data())
def test_a_rank_never_flatters(cohort: int, data: st.DataObject) -> None:
    """ "Ahead of N %" is never more than the true share, and less than one percent below it."""
    fewer = data.draw(st.integers(0, cohort - 1))
    rank = summary(facts({"01-01": 1}, fewer=fewer, cohort_size=cohort)).rank

    assert rank and rank.cohort_size == cohort
    assert 0 <= Fraction(100 * fewer, cohort) - rank.percentile < 1


@pytest.mark.parametrize(
    ("requests", "fewer", "cohort", "percentile"),
    [
        (1, 0, 99, None),
        (1, 98, 99, None),
        (1, 0, 100, 0),
        (1, 99, 100, 99),
        (1, 9_999_999, 10_000_000, 99),
        (0, 0, 1000, None),
    ],
)
def test_a_rank_needs_a_request_and_a_hundred_customers(
    requests: int, fewer: int, cohort: int, percentile: int | None
) -> None:
    """Among fewer than a hundred a rank would tell on the others; nobody is ever ahead of all 100 %."""
    rank = summary(facts({"01-01": requests}, fewer=fewer, cohort_size=cohort)).rank

    assert (rank.percentile if rank else None) == percentile


def test_nobody_is_ahead_of_everyone() -> None:
    """A cohort counts the customer in, so all of it cannot have fewer requests."""
    with pytest.raises(ValidationError, match="percentile"):
        summary(facts({"01-01": 1}, fewer=100, cohort_size=100))


# Facts that cannot be true


def test_a_contradiction_is_refused_with_what_was_seen_and_what_to_do() -> None:
    """No document is better than a wrong one; the message leads back to the table."""
    with pytest.raises(ContradictoryFacts) as refused:
        summary(facts({"01-01": 3}, requests=4))

    assert str(refused.value) == (
        "The 2025 summary of 883065d6-d27f-851e-ab8c-aef33a2a3b86 was not made: "
        "its facts contradict each other.\n"
        "  Requests over all days: 3, expected 4.\n"
        "  Next: materialize wrapped_summaries for 2025; if that says the same, run "
        "`wrapped check --year 2025 --deep`."
    )


@pytest.mark.parametrize(
    ("known", "what"),
    [
        (facts({"01-01": 1}, errors=1), "Errors over all days: 0, expected 1"),
        (facts({"01-01": 1}, hours=[]), "Requests over all hours: 0, expected 1"),
        (facts({"01-01": 1}, workspaces=[workspace("a", 2)]), "Requests over the top workspaces: 1 more"),
        (facts(workspaces=[workspace("a", read=2)]), "Bytes read over the top workspaces: 2 more"),
        (facts(workspaces=[workspace("a", written=2)]), "Bytes written over the top workspaces: 2 more"),
    ],
)
def test_parts_that_do_not_make_the_whole_are_refused(known: Facts, what: str) -> None:
    """Days and hours make up the customer's total, and no workspace holds more than the customer."""
    with pytest.raises(ContradictoryFacts, match=what):
        summary(known)


@pytest.mark.parametrize(("year", "day"), [(2024, "12-31"), (2026, "01-01")])
def test_a_day_of_another_year_is_refused(year: int, day: str) -> None:
    """Counted from 1 January, the day before it would land on 31 December."""
    known = facts({day: 1}, year=year)
    known["year"] = 2025

    with pytest.raises(ContradictoryFacts, match=f"Day: {year}-{day}, expected one in 2025"):
        summary(known)


def test_facts_of_one_year_do_not_enter_another_edition() -> None:
    """The page would print one year's number under another year's date."""
    with pytest.raises(ContradictoryFacts, match="Year of the edition: 2024, expected 2025"):
        document.document(facts(), edition(2024))


def test_an_edition_never_claims_to_reach_past_its_year() -> None:
    """Data exported in January says nothing of January in last year's summary."""
    newyear = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)

    with pytest.raises(ContradictoryFacts, match="Last instant covered"):
        document.document(facts(), Edition(2025, newyear, newyear))


@pytest.mark.parametrize(
    "internal", ["org_7", "2f9c1b6e-5a0d-4c57-9a43-0c1de1b0f3aa", WRAPPED_ID.upper(), f" {WRAPPED_ID}"]
)
def test_only_public_ids_get_in(internal: str) -> None:
    """An organization's own id, even one that is a UUID of the usual kind, stops the document."""
    with pytest.raises(ValidationError, match="wrapped_id"):
        summary(facts(wrapped_id=internal))


@pytest.mark.parametrize(
    "too_many",
    [
        {"workspaces": [workspace("w", read=1)] * 7, "bytes_read": 7},
        {"pipes": [{"name": "p", "requests": 0}] * 6},
        {"regions": [{"region": "r", "requests": 0}] * 21},
        {
            "ingestion_operations": 4,
            "event_types": [{"event_type": "copy", "bytes": 0, "rows": 0, "operations": 1}] * 4,
        },
    ],
    ids=["workspaces", "pipes", "regions", "event_types"],
)
def test_every_list_is_bounded(too_many: dict[str, Any]) -> None:
    """A page is laid out for so many entries; more is a mistake in the facts, never cut in silence."""
    with pytest.raises(ValidationError, match="too_long"):
        summary(facts(None, None, **too_many))


# What a materialization shows


def test_a_table_shows_numbers_to_the_right_and_names_as_they_are() -> None:
    """Thousands are separated, an unknown is a dash, and a year given as text stays a year."""
    table = plots.markdown_table(["year", "requests"], [["2025", 1234567], ["2024", None]])

    assert table.splitlines() == [
        "| year | requests |",
        "| --- | ---: |",
        "| 2025 | 1,234,567 |",
        "| 2024 | - |",
    ]


def test_a_table_of_nothing_or_of_flags_is_a_table_of_text() -> None:
    """Without a number there is nothing to align, and true is no 1."""
    assert plots.markdown_table(["a"], []) == "| a |\n| --- |"
    assert plots.markdown_table(["a"], [[True]]) == "| a |\n| --- |\n| True |"


def test_a_name_cannot_break_out_of_its_cell() -> None:
    """Pipes and line breaks would move every column; an image would be fetched by whoever looks."""
    table = plots.markdown_table(["name"], [["a|b\nc"], ["![x](http://x)"], ["<b>`*_~&\\"]])

    assert table.splitlines()[2:] == [
        r"| a\|b c |",
        r"| !\[x\](http://x) |",
        r"| \<b\>\`\*\_\~\&\\ |",
    ]


def bars(svg: str) -> list[tuple[float, int]]:
    """(x, height) of each bar."""
    return [(float(x), int(height)) for x, height in re.findall(r"M([\d.]+) \d+v-(\d+)", svg)]


@pytest.mark.parametrize("scale", [1, 1000, 2**70])
def test_bars_stand_in_order_from_zero_in_proportion(scale: int) -> None:
    """Twice the requests is twice the height, nothing is no bar, and the highest stays under the title."""
    (x1, once), (x2, twice) = bars(plots.bar_chart_svg([scale, 0, 2 * scale], "t"))

    assert (x1, x2) == (128, 432)
    assert 0 <= twice - 2 * once <= 1
    assert 176 / 2 <= twice <= 176


def test_one_request_beside_a_million_is_still_to_be_seen() -> None:
    """A bar is at least one pixel high."""
    assert bars(plots.bar_chart_svg([1, 10**6], "t")) == [(166, 1), (394, 156)]


@pytest.mark.parametrize(
    ("peak", "ticks"),
    [
        (0, ["2", "1", "0"]),
        (2, ["2", "1", "0"]),
        (3, ["4", "2", "0"]),
        (1_900_000, ["2M", "1M", "0"]),
        (20_001, ["40k", "20k", "0"]),
        (15_000, ["16k", "8k", "0"]),
        (2**70, ["1.2Z", "600E", "0"]),
    ],
)
def test_the_scale_has_round_numbers(peak: int, ticks: list[str]) -> None:
    """Top, half and zero, short enough to read and none of them rounded."""
    svg = plots.bar_chart_svg([peak], "t")

    assert re.findall(r'<text x="26" y="\d+">([^<]+)<', svg) == ticks


def test_a_year_of_months_is_shown_in_place() -> None:
    """Dagster hides Markdown of 1,000 characters and more behind a link."""
    title = "Requests per month, all customers, 2025"
    uri = plots.as_data_uri(plots.bar_chart_svg([10**12] * 12, title, plots.MONTHS))

    assert len(f"![{title}]({uri})") < 1000


def test_a_picture_is_one_well_formed_url() -> None:
    """A year of days fits in an event, and no title can break the drawing."""
    uri = plots.as_data_uri(plots.bar_chart_svg([10**9] * 365, 'é <b> & "c"', "<&>"))
    head, body = uri.split(",")
    drawing = ElementTree.fromstring(base64.b64decode(body))

    assert head == "data:image/svg+xml;base64"
    assert len(uri) < 10_000
    assert [element.text for element in drawing.iter() if element.text] == [
        'é <b> & "c"',
        "1G",
        "500M",
        "0",
        "<&>",
    ]


def test_no_values_make_an_empty_chart() -> None:
    """A picture of nothing has its scale and no bar."""
    assert bars(plots.bar_chart_svg([], "t")) == []
