"""Faults in what hours, days, weeks and months add up to, and in how a change travels through them."""

from tests.mutants.fault import Fault

ROLLUPS = "tests/test_rollups.py"
LATE = "tests/test_late_data.py"

FAULTS = (
    Fault(
        "a gauge summed: the readings of an hour add up",
        "sql/duckdb/hourly/storage_sizes.sql",
        "arg_max(event.bytes, event.timestamp) as bytes,",
        "sum(event.bytes) as bytes,",
        (f"{ROLLUPS}::test_storage_is_the_last_reading_and_never_a_sum_over_time[duckdb]",),
    ),
    Fault(
        "a gauge's largest reading passes for its last one",
        "wrapped_assets/resources/duckdb/sql.py",
        'return f"arg_max({measure.name}, last_at) as {measure.name}"',
        'return f"max({measure.name}) as {measure.name}"',
        (f"{ROLLUPS}::test_storage_is_the_last_reading_and_never_a_sum_over_time[duckdb]",),
    ),
    Fault(
        "a week starts on Sunday",
        "wrapped_assets/periods.py",
        "monday = day - timedelta(days=day.weekday())",
        "monday = day - timedelta(days=(day.weekday() + 1) % 7)",
        (f"{ROLLUPS}::test_a_week_runs_from_monday_to_sunday_whatever_the_year[duckdb-2025-01-05-monday2]",),
    ),
    Fault(
        "a histogram's buckets are off by one power of two",
        "sql/duckdb/hourly/pipe_stats_durations.sql",
        "as integer) - 7, 0) as shift",
        "as integer) - 6, 0) as shift",
        (f"{ROLLUPS}::test_durations_fall_into_buckets_of_their_leading_bits[duckdb]",),
    ),
    Fault(
        "a histogram's buckets are cut by rounding and not by leading bits",
        "sql/duckdb/hourly/pipe_stats_durations.sql",
        "cast(floor(log2(",
        "cast(round(log2(",
        (f"{ROLLUPS}::test_durations_fall_into_buckets_of_their_leading_bits[duckdb]",),
    ),
    Fault(
        "totals are kept as floats",
        "wrapped_assets/resources/duckdb/sql.py",
        '"total": "hugeint"',
        '"total": "double"',
        (f"{ROLLUPS}::test_sums_pass_two_to_the_64_without_losing_a_bit[duckdb]",),
    ),
    Fault(
        "every operation that is not ok counts as failed",
        "sql/duckdb/hourly/ingestion_operations.sql",
        "filter (where event.result = 'error')",
        "filter (where event.result <> 'ok')",
        (f"{ROLLUPS}::test_failed_operations_are_counted_by_their_result[duckdb]",),
    ),
    Fault(
        "a closed range: a day that is rebuilt adds the first hour of the next one to it once more",
        "sql/duckdb/rollups/merge.sql",
        "state.{source_period} < $to",
        "state.{source_period} <= $to",
        (f"{ROLLUPS}::test_midnight_belongs_to_the_period_it_begins[duckdb]",),
    ),
    Fault(
        "a closed range: an hour holds the request of the instant in which the next day begins",
        "sql/duckdb/hourly/pipe_stats_requests.sql",
        "event.start_datetime >= $from and event.start_datetime < $to",
        "event.start_datetime >= $from and event.start_datetime <= $to",
        (f"{ROLLUPS}::test_midnight_belongs_to_the_period_it_begins[duckdb]",),
    ),
    Fault(
        "a group that lost its last row goes unnoticed one level up",
        "sql/duckdb/rollups/difference.sql",
        "select *, -1 as sign from (from stored except from computed)\nunion all\n",
        "",
        (f"{LATE}::test_a_correction_that_empties_a_group_takes_it_out_of_every_level",),
    ),
    Fault(
        "a year keeps the groups that nothing is left of",
        "sql/duckdb/rollups/move_sums.sql",
        "when matched and known.{count} + moved.{count} = 0 then delete\n",
        "",
        (f"{LATE}::test_a_correction_that_empties_a_group_takes_it_out_of_every_level",),
    ),
    Fault(
        "a late row makes its month stale but not next year's comparison",
        "sql/duckdb/rollups/make_summaries_stale.sql",
        "cross join (values (0), (1)) as",
        "cross join (values (0)) as",
        (f"{LATE}::test_late_requests_of_last_year_change_this_years_comparison",),
    ),
    Fault(
        "a late file's organization that nobody knew gets no identity",
        "wrapped_assets/resources/duckdb/rollups.py",
        'elif name != "identities" or rollup is family.rollups[0]:',
        'elif name != "identities":',
        (f"{LATE}::test_a_late_file_of_an_unknown_organization_makes_a_new_customer",),
    ),
)
