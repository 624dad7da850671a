"""Faults in the same steps on ClickHouse, and in what stands in for transactions there."""

from tests.mutants.fault import Fault

RAW = "tests/test_raw.py"
LANDING = "tests/test_landing.py"
ROLLUPS = "tests/test_rollups.py"
PIPELINE = "tests/test_summaries_of_pipeline.py"
SUMMARIES = "tests/test_clickhouse_summaries.py"
WAITING = "tests/test_what_waits.py"
DOUBLED = "tests/test_clickhouse_doubled.py"

FAULTS = (
    Fault(
        "ClickHouse: the ledger is written before the rows it names",
        "wrapped_assets/resources/clickhouse/landing.py",
        """    session.stream(f"landing_{family}", judgement.valid_rows(judge_with, ids, regions))
""",
        """    session.insert("landing_ledger", _ledger_rows(session, judgement, files, imported_at))
    session.stream(f"landing_{family}", judgement.valid_rows(judge_with, ids, regions))
""",
        (
            f"{LANDING}::test_an_import_that_dies_before_its_ledger_is_written_has_imported_nothing[landing_pipe_stats]",
        ),
    ),
    Fault(
        "ClickHouse: version compared the wrong way",
        "wrapped_assets/resources/clickhouse/sql.py",
        'parts = ["exported_at desc"]',
        'parts = ["exported_at"]',
        (f"{RAW}::test_the_winner_does_not_depend_on_the_order_of_imports[clickhouse]",),
    ),
    Fault(
        "ClickHouse: a null beats every value among equal versions",
        "wrapped_assets/resources/clickhouse/sql.py",
        '(" nulls last" if column.nullable else "")',
        '(" nulls first" if column.nullable else "")',
        (f"{RAW}::test_equal_versions_that_disagree_are_settled_by_what_they_say[clickhouse-together]",),
    ),
    Fault(
        "ClickHouse: the older version of a changed object counts",
        "sql/clickhouse/landing/files_of_days.sql",
        "argMax(file_id, sequence) as file_id",
        "argMin(file_id, sequence) as file_id",
        (f"{LANDING}::test_a_changed_object_says_what_it_says_now[clickhouse]",),
    ),
    Fault(
        "ClickHouse: a correction that adds no row goes no further",
        "sql/clickhouse/partitions/changed.sql",
        "having sum(toInt128(row_hash) * sign) <> 0 or sum(sign) <> 0",
        "having sum(sign) <> 0",
        (f"{RAW}::test_the_winner_does_not_depend_on_the_order_of_imports[clickhouse]",),
    ),
    Fault(
        "ClickHouse: a week starts on Sunday",
        "wrapped_assets/resources/clickhouse/sql.py",
        "toDate32(toMonday({c}))",
        "toDate32(toStartOfWeek({c}))",
        (
            f"{ROLLUPS}::test_a_week_runs_from_monday_to_sunday_whatever_the_year[clickhouse-2025-01-05-monday2]",
        ),
    ),
    Fault(
        "ClickHouse: a histogram's buckets are off by one power of two",
        "sql/clickhouse/hourly/pipe_stats_durations.sql",
        "- 7, 0)) as shift",
        "- 6, 0)) as shift",
        (f"{PIPELINE}::test_percentiles_are_by_nearest_rank_and_never_flatter[clickhouse]",),
    ),
    Fault(
        "ClickHouse: bytes read are counted in 64 bits",
        "sql/clickhouse/hourly/pipe_stats_requests.sql",
        "sumState(toInt128(event.read_bytes))",
        "sumState(toInt128(toInt64(event.read_bytes)))",
        (f"{PIPELINE}::test_sums_of_a_year_pass_two_to_the_64[clickhouse]",),
    ),
    Fault(
        "ClickHouse: customers are cut into batches by their organizations",
        "sql/clickhouse/summaries/members.sql",
        "toUInt32(intDiv(organizations_before, {batch_organizations:UInt32})) as batch",
        "toUInt32(cityHash64(organization_id) % 2) as batch",
        (
            f"{SUMMARIES}::test_customers_are_computed_in_batches_each_with_all_its_organizations[1-expected0]",
        ),
    ),
    Fault(
        "ClickHouse: only the first batch of customers is computed",
        "wrapped_assets/resources/clickhouse/computing.py",
        "for (batch,) in batches:",
        "for (batch,) in batches[:1]:",
        (
            f"{SUMMARIES}::test_customers_are_computed_in_batches_each_with_all_its_organizations[2-expected1]",
        ),
    ),
    Fault(
        "ClickHouse: a year is compared with nothing",
        "wrapped_assets/resources/clickhouse/computing.py",
        "for each in (year - 1, year)",
        "for each in (year,)",
        (f"{PIPELINE}::test_the_previous_year_is_the_same_customers_previous_year[clickhouse]",),
    ),
    Fault(
        "ClickHouse: an answer that stops in the middle is an error of DuckDB",
        "wrapped_assets/resources/clickhouse/answers.py",
        "            if failed:\n                raise failed[0] from None\n",
        "",
        (f"{SUMMARIES}::test_an_answer_that_stops_in_the_middle_changes_nothing",),
    ),
    Fault(
        "ClickHouse: a late row does not reach the edition that compares with its year",
        "sql/clickhouse/rollups/make_summaries_stale.sql",
        "arrayJoin([0, 1]) as years_later",
        "arrayJoin([0]) as years_later",
        (f"{WAITING}::test_an_edition_refreshed_before_the_rebuilt_year_it_compares_with[clickhouse]",),
    ),
    Fault(
        "ClickHouse: rows that waited at the freeze are not counted as left out",
        "sql/clickhouse/summaries/left_out.sql",
        "(sequence > {last_sequence:UInt64} or has({left_out:Array(UInt64)}, sequence))",
        "sequence > {last_sequence:UInt64}",
        (
            f"{WAITING}::test_rows_that_raw_had_not_merged_at_the_freeze_are_counted_as_left_out[clickhouse-pipe_stats]",
        ),
    ),
    Fault(
        "ClickHouse: an edition claims what landed and is not counted yet",
        "sql/clickhouse/summaries/edition.sql",
        "\nwhere files.sequence <= marks.held",
        "",
        (f"{PIPELINE}::test_what_has_landed_and_is_not_counted_yet_is_not_claimed[clickhouse]",),
    ),
    Fault(
        "ClickHouse: the oldest snapshot says what is called how and owned by whom",
        "sql/clickhouse/dimensions/newest.sql",
        "order by {key}, {greatest_first}",
        "order by {key}, exported_at, {greatest_first}",
        (f"{PIPELINE}::test_an_older_snapshot_that_arrives_later_changes_no_owner[clickhouse]",),
    ),
    Fault(
        "ClickHouse: an edition freezes of a day of raw that stands twice",
        "wrapped_assets/resources/warehouse.py",
        "for day in self.torn if day in read",
        "for day in self.torn if day in read and found",
        (f"{DOUBLED}::test_nothing_that_was_made_of_a_torn_day_freezes_or_is_served",),
    ),
    Fault(
        "ClickHouse: owners of a torn snapshot stand twice",
        "sql/clickhouse/views/dimensions_owners.sql",
        "where position = 1",
        "where position >= 1",
        (f"{DOUBLED}::test_owners_made_of_a_torn_snapshot_stand_once",),
    ),
    Fault(
        "ClickHouse: an edition is read whose swap was killed",
        "wrapped_assets/resources/clickhouse/summaries.py",
        "    if marks.is_broken(session, TABLE, _period(year)):\n",
        "    if False and marks.is_broken(session, TABLE, _period(year)):\n",
        (f"{DOUBLED}::test_an_edition_whose_swap_was_killed_is_not_read_until_it_is_mended",),
    ),
    Fault(
        "ClickHouse: a swap is not marked before it begins",
        "wrapped_assets/resources/clickhouse/marks.py",
        """    session.insert("swaps", begun)
""",
        "",
        (
            f"{DOUBLED}::test_a_full_rebuild_that_was_killed_in_its_swap_is_mended_by_an_ordinary_one[raw_pipe_stats-in the middle]",
        ),
    ),
    Fault(
        "ClickHouse: a day whose swap was cut short is merged and not built anew",
        "sql/clickhouse/status/stale.sql",
        """sources.replaced > ifNull(marks.held, 0)
        or (sources.layer, sources.family, sources.period) in (select layer, family, period from broken_swaps) as must_rebuild""",
        "sources.replaced > ifNull(marks.held, 0) as must_rebuild",
        (
            f"{DOUBLED}::test_a_full_rebuild_that_was_killed_in_its_swap_is_mended_by_an_ordinary_one[raw_pipe_stats-in the middle]",
        ),
    ),
    Fault(
        "ClickHouse: an organization that stands twice after a kill counts twice",
        "sql/clickhouse/summaries/members.sql",
        "    group by organization_id, wrapped_id\n)",
        "    group by organization_id, wrapped_id, rowNumberInAllBlocks()\n)",
        (f"{DOUBLED}::test_owners_and_names_that_stand_twice_count_once[wrapped_organizations]",),
    ),
)
