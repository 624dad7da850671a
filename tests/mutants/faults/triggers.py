"""Faults in what starts the work: exports, schedules and sensors."""

from tests.mutants.fault import Fault

SENSORS = "tests/test_sensors.py"
EXPORTS = (
    "tests/test_schedules.py"
    "::test_a_scheduled_export_writes_exactly_the_windows_rows_and_adds_files_when_repeated"
)

FAULTS = (
    Fault(
        "a closed range: an export brings the request of the instant that its window ends at",
        "sql/duckdb/exports/pipe_stats.sql",
        "start_datetime >= $from and start_datetime < $to",
        "start_datetime >= $from and start_datetime <= $to",
        (EXPORTS,),
    ),
    Fault(
        "a closed range: an export brings the operation of the instant that its window ends at",
        "sql/duckdb/exports/ingestion.sql",
        "timestamp >= $from and timestamp < $to",
        "timestamp >= $from and timestamp <= $to",
        (EXPORTS,),
    ),
    Fault(
        "an open range: an export leaves out the reading of its first instant",
        "sql/duckdb/exports/storage.sql",
        "timestamp >= $from and timestamp < $to",
        "timestamp > $from and timestamp < $to",
        (EXPORTS,),
    ),
    Fault(
        "the last nanoseconds of a day are exported with the next",
        "wrapped_assets/resources/regions.py",
        """f"cast(strftime({FAMILIES[family].event_time}, '%Y-%m-%d') as date)\"""",
        """f"cast({FAMILIES[family].event_time} as date)\"""",
        (
            "tests/test_regional_exports.py::test_the_last_instant_of_a_day_is_exported_with_that_day[timestamp_ns]",
        ),
    ),
    Fault(
        "a run that has not started yet does not count as one",
        "wrapped_assets/sensors/runs.py",
        "_UNFINISHED = [status for status in dg.DagsterRunStatus if status not in _ENDED]",
        "_UNFINISHED = [dg.DagsterRunStatus.STARTED]",
        (
            f"{SENSORS}::test_a_run_is_at_work_from_when_it_is_asked_for_until_it_ended[duckdb-DagsterRunStatus.QUEUED-ours]",
        ),
    ),
    Fault(
        "a backfill is over as soon as none of its runs is left",
        "wrapped_assets/sensors/runs.py",
        "for backfill in instance.get_backfills(filters=BulkActionsFilter(statuses=_BACKFILL_GOES_ON)):",
        "for backfill in ():",
        (f"{SENSORS}::test_a_backfill_is_at_work_between_its_runs_too",),
    ),
    Fault(
        "a check of one day turns a failing year green",
        "wrapped_assets/assets/breaches.py",
        "return not inside or self._seen >= began",
        "return False",
        ("tests/test_checks_of_a_part.py::test_a_check_of_one_day_turns_no_failing_year_green",),
    ),
    Fault(
        "a check of a day hides the check of a year that ended after it",
        "wrapped_assets/assets/breaches.py",
        "limit=AT_ONCE",
        "limit=1",
        ("tests/test_checks_of_a_part.py::test_a_check_of_a_day_inside_a_check_of_the_year_hides_nothing",),
    ),
    Fault(
        "a long check takes back what another one found meanwhile",
        "wrapped_assets/assets/breaches.py",
        "return not inside or self._seen >= began",
        "return not inside",
        ("tests/test_checks_of_a_part.py::test_a_look_takes_back_only_what_was_seen_before_it_began",),
    ),
    Fault(
        "a check of several editions looks at the first of them",
        "wrapped_assets/assets/asset_checks.py",
        'spans = years(span) if check.looks_at == "year" else [span]',
        "spans = [span]",
        ("tests/test_checks_of_a_part.py::test_each_edition_of_a_range_is_checked",),
    ),
    Fault(
        "what a person materializes follows what changed, which is nothing",
        "wrapped_assets/assets/common.py",
        "return config.full_refresh or REFRESH_TAG not in context.run.tags",
        "return config.full_refresh",
        ("tests/test_by_hand.py::test_a_partition_that_a_person_materializes_is_rebuilt",),
    ),
    Fault(
        "a listing's fingerprint is made of names and not of versions",
        "wrapped_assets/sensors/landing_files.py",
        r'f"{item.key}\t{item.etag}" for item in listing',
        'f"{item.key}" for item in listing',
        (f"{SENSORS}::test_a_fingerprint_tells_any_change_and_no_order",),
    ),
    Fault(
        "a listing counts as imported once it was seen, though its import failed",
        "wrapped_assets/sensors/landing_files.py",
        """    if any(ledger.get(item.key) != item.etag for item in objects):
        return True
    settled.marks[place] = mark, now
""",
        """    settled.marks[place] = mark, now
    if any(ledger.get(item.key) != item.etag for item in objects):
        return True
""",
        (f"{SENSORS}::test_a_failed_import_is_noticed_at_every_tick",),
    ),
    Fault(
        "older days wait as long as there is no time, so a slow store never gets to them",
        "wrapped_assets/sensors/landing_files.py",
        "(found.looked > NEWEST_DAYS and is_late()):",
        "(found.looked >= NEWEST_DAYS and is_late()):",
        (f"{SENSORS}::test_a_late_file_of_any_day_is_noticed_although_every_tick_is_out_of_time",),
    ),
    Fault(
        "a late row makes its year stale but not the edition that compares with it",
        "wrapped_assets/sensors/follow_changes.py",
        "for year in (stale, stale + 1) if year in editions",
        "for year in (stale,) if year in editions",
        (f"{SENSORS}::test_the_next_edition_is_refreshed_in_the_same_run",),
    ),
    Fault(
        "what landed for today is merged at every tick",
        "wrapped_assets/sensors/follow_changes.py",
        "now < live_day_refreshed + LIVE_DAY_EVERY\n",
        "now > live_day_refreshed + LIVE_DAY_EVERY\n",
        (f"{SENSORS}::test_today_is_merged_every_half_hour_and_other_days_at_once",),
    ),
    Fault(
        "Dagster's weeks start on Sunday",
        "wrapped_assets/partitions.py",
        "day_offset=1, end_offset=1",
        "day_offset=0, end_offset=1",
        ("tests/test_ranges.py::test_every_week_of_the_calendar_begins_on_a_monday",),
    ),
)
