"""Faults in a customer's year: its totals, rankings and percentages, and how far an edition reaches."""

from tests.mutants.fault import Fault

DOCUMENT = "tests/test_summaries.py"
PIPELINE = "tests/test_summaries_of_pipeline.py"
WAITING = "tests/test_what_waits.py"

FAULTS = (
    Fault(
        "an edition freezes while the year it compares with waits",
        "wrapped_assets/periods.py",
        "return Span(Span.year(year - 1).start, Span.year(year).end)",
        "return Span.year(year)",
        (
            f"{WAITING}::test_an_edition_does_not_freeze_while_a_month_of_the_year_it_compares_with_waits[duckdb]",
        ),
    ),
    Fault(
        "an edition is served whose documents have not followed",
        "wrapped_assets/resources/snapshot/readiness.py",
        "and year in pending.documents:",
        "and year - 1 in pending.documents:",
        (f"{WAITING}::test_no_snapshot_is_taken_while_documents_have_changes_to_follow[duckdb]",),
    ),
    Fault(
        "an edition is not served while it cannot tell how far it reaches",
        "wrapped_assets/resources/snapshot/readiness.py",
        "and year in pending.documents:",
        "and year in pending.years:",
        (f"{WAITING}::test_a_year_is_served_while_only_its_reach_cannot_be_told[duckdb]",),
    ),
    Fault(
        "an edition freezes while owners wait",
        "wrapped_assets/resources/warehouse.py",
        "for name in sorted(self.dimensions)]",
        "for name in sorted(self.dimensions)[:0]]",
        (f"{WAITING}::test_an_edition_does_not_freeze_while_a_snapshot_of_owners_waits[duckdb]",),
    ),
    Fault(
        "a percentile is the smallest value of its bucket, which flatters",
        "sql/products/usage/service.sql",
        "((cast(duration_bucket as bigint) - shift * 128 + 1) << shift) - 1 as largest_us",
        "(cast(duration_bucket as bigint) - shift * 128) << shift as largest_us",
        (f"{PIPELINE}::test_percentiles_are_by_nearest_rank_and_never_flatter[duckdb]",),
    ),
    Fault(
        "a percentile by the rank after the nearest",
        "sql/products/usage/service.sql",
        "filter (where requests_so_far * 100 >= total * 50) as p50_us",
        "filter (where requests_so_far * 100 > total * 50) as p50_us",
        (f"{PIPELINE}::test_percentiles_are_by_nearest_rank_and_never_flatter[duckdb]",),
    ),
    Fault(
        "the previous year of another customer",
        "sql/products/usage/growth.sql",
        """    join members using (organization_id)
    where year = make_date($year - 1, 1, 1)
""",
        """    cross join members
    where year = make_date($year - 1, 1, 1)
""",
        (f"{PIPELINE}::test_the_previous_year_is_the_same_customers_previous_year[duckdb]",),
    ),
    Fault(
        "a missing tie-break: pipes of equal requests stand in any order",
        "sql/products/usage/pipes.sql",
        "partition by customer order by requests desc, pipe_id, organization_id",
        "partition by customer order by requests desc",
        (f"{PIPELINE}::test_ties_are_broken_the_same_way_everywhere[duckdb]",),
    ),
    Fault(
        "a pipe has the greatest of its names and not the newest",
        "sql/products/usage/pipes.sql",
        "arg_max(pipe_name, (last_at, pipe_name)) as name",
        "max(pipe_name) as name",
        (f"{PIPELINE}::test_a_renamed_pipe_is_one_pipe_under_its_newest_name[duckdb]",),
    ),
    Fault(
        "the largest data source is the one with most rows",
        "sql/products/usage/storage.sql",
        "order by bytes desc, rows desc, datasource_id",
        "order by rows desc, bytes desc, datasource_id",
        (f"{PIPELINE}::test_a_data_source_with_more_rows_wins_among_equals_in_bytes[duckdb]",),
    ),
    Fault(
        "customers with equal requests are ahead of each other",
        "sql/products/usage/rank.sql",
        "rank() over (order by requests) - 1 - idle",
        "row_number() over (order by requests) - 1 - idle",
        (f"{PIPELINE}::test_ranks_appear_with_the_hundredth_customer[duckdb-100-True]",),
    ),
    Fault(
        "customers who did nothing count among those one is ahead of",
        "sql/products/usage/rank.sql",
        "rank() over (order by requests) - 1 - idle, 0)",
        "rank() over (order by requests) - 1, 0)",
        (f"{PIPELINE}::test_ranks_appear_with_the_hundredth_customer[duckdb-100-True]",),
    ),
    Fault(
        "a rank that flatters: rounded up",
        "wrapped_assets/products/usage/stories/rank.py",
        'percentile=100 * facts["fewer"] // cohort,',
        'percentile=min(99, -(-100 * facts["fewer"] // cohort)),',
        (f"{DOCUMENT}::test_a_rank_never_flatters",),
    ),
    Fault(
        "a rank among a hundred customers is held back",
        "wrapped_assets/products/usage/stories/rank.py",
        "or cohort < SMALLEST_COHORT:",
        "or cohort <= SMALLEST_COHORT:",
        (f"{DOCUMENT}::test_a_rank_needs_a_request_and_a_hundred_customers",),
    ),
    Fault(
        "the smallest remainders get what the rounding left",
        "wrapped_assets/products/usage/stories/workspaces.py",
        "key=lambda i: 1000 * parts[i] % whole, reverse=True)",
        "key=lambda i: 1000 * parts[i] % whole)",
        (f"{DOCUMENT}::test_shares_round_by_largest_remainder",),
    ),
    Fault(
        "shares are rounded each for itself",
        "wrapped_assets/products/usage/stories/workspaces.py",
        """    tenths = [1000 * part // whole for part in parts]
    by_remainder = sorted(range(len(parts)), key=lambda i: 1000 * parts[i] % whole, reverse=True)
    for i in by_remainder[: 1000 - sum(tenths)]:
        tenths[i] += 1
""",
        "    tenths = [(2000 * part + whole) // (2 * whole) for part in parts]\n",
        (f"{DOCUMENT}::test_shares_round_by_largest_remainder",),
    ),
    Fault(
        "an error rate is rounded as a float, halves to even",
        "wrapped_assets/products/usage/stories/requests.py",
        "rounded(10**6 * errors, total) / 10**6,",
        "round(errors / total, 6),",
        (f"{DOCUMENT}::test_error_rate_has_six_decimals_halves_up",),
    ),
    Fault(
        "a loss of half a tenth is rounded towards zero",
        "wrapped_assets/product.py",
        """    nearest = (2 * abs(numerator) + denominator) // (2 * denominator)
    return nearest if numerator >= 0 else -nearest
""",
        "    return (2 * numerator + denominator) // (2 * denominator)\n",
        (f"{DOCUMENT}::test_change_has_one_decimal_halves_away_from_zero",),
    ),
    Fault(
        "the last of equal days is the peak",
        "wrapped_assets/products/usage/stories/peak.py",
        "min(day for day, count in requests.items() if count == most)",
        "max(day for day, count in requests.items() if count == most)",
        (f"{DOCUMENT}::test_peak_day_is_the_earliest_of_equals",),
    ),
    Fault(
        "weekdays are counted as if every year began on a Monday",
        "wrapped_assets/products/usage/stories/peak.py",
        "sum(daily[(weekday - starts_on) % 7 :: 7])",
        "sum(daily[weekday::7])",
        (f"{DOCUMENT}::test_busiest_weekday_sums_the_year_and_prefers_monday",),
    ),
    Fault(
        "rows that waited at the freeze are not counted as left out",
        "sql/duckdb/summaries/left_out.sql",
        """        or files.file_id in (select file_id from main.wrapped_left_out where year = $year)
""",
        "",
        (
            f"{WAITING}::test_rows_that_raw_had_not_merged_at_the_freeze_are_counted_as_left_out[duckdb-pipe_stats]",
        ),
    ),
    Fault(
        "of the rows that waited at the freeze only requests are counted as left out",
        "sql/duckdb/summaries/freeze.sql",
        "where file_id is not null\n",
        "where file_id is not null and family = 'pipe_stats'\n",
        (
            f"{WAITING}::test_rows_that_raw_had_not_merged_at_the_freeze_are_counted_as_left_out[duckdb-storage]",
        ),
    ),
    Fault(
        "a region is forgotten before there are twenty busier ones",
        "sql/products/usage/regions.sql",
        "where position <= 20",
        "where position < 20",
        (f"{PIPELINE}::test_twenty_regions_are_told_the_busiest_first[duckdb]",),
    ),
    Fault(
        "rows are late by when they were exported and not by when they landed",
        "sql/duckdb/summaries/left_out.sql",
        "files.file_id > editions.last_file",
        "file_days.last_exported_at > editions.generated_at",
        (
            f"{PIPELINE}::test_a_row_that_was_exported_in_time_and_landed_too_late_is_counted_as_left_out[duckdb]",
        ),
    ),
    Fault(
        "a frozen edition follows late rows",
        "wrapped_assets/resources/duckdb/summaries.py",
        "if known and known.frozen:",
        "if known and known.frozen and not freeze_at:",
        (f"{PIPELINE}::test_a_frozen_edition_never_changes_and_says_what_it_left_out[duckdb]",),
    ),
    Fault(
        "an edition claims what landed and is not counted yet",
        "sql/duckdb/summaries/edition.sql",
        """    and not exists (
        select 1
        from stale.raw
        where raw.file_id = file_days.file_id and raw.period = file_days.day
    )
""",
        "",
        (f"{PIPELINE}::test_what_has_landed_and_is_not_counted_yet_is_not_claimed[duckdb]",),
    ),
    Fault(
        "an edition freezes while some organization has no owner yet",
        "wrapped_assets/resources/warehouse.py",
        "        if self.identities:\n",
        "        if self.identities and found:\n",
        (
            f"{WAITING}::test_an_edition_does_not_freeze_without_the_customers_that_have_no_identity_yet[duckdb]",
        ),
    ),
)
