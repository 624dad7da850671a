"""Faults in which row of a key wins, and in what a change is said to concern."""

from tests.mutants.fault import Fault

RAW = "tests/test_raw.py"
LATE = "tests/test_late_data.py"

FAULTS = (
    Fault(
        "a closed range: a day holds the first instant of the next one too",
        "sql/duckdb/raw/positions.sql",
        "{event_time} >= $from and {event_time} < $to",
        "{event_time} >= $from and {event_time} <= $to",
        (f"{RAW}::test_midnight_belongs_to_the_day_it_begins[duckdb-agreed]",),
    ),
    Fault(
        "a closed range where the versions of a key are contested",
        "sql/duckdb/raw/landed.sql",
        "{event_time} >= $from and {event_time} < $to",
        "{event_time} >= $from and {event_time} <= $to",
        (f"{RAW}::test_midnight_belongs_to_the_day_it_begins[duckdb-contested]",),
    ),
    Fault(
        "a missing tie-break: of equal versions any may win",
        "wrapped_assets/resources/duckdb/sql.py",
        """return ", ".join(f"{part} desc" for part in _tie_break_parts(source, ""))""",
        """return f"{_tie_break_parts(source, '')[0]} desc\"""",
        (
            f"{RAW}::test_equal_versions_that_disagree_are_settled_by_what_they_say[duckdb-in one file]",
            f"{RAW}::test_equal_versions_that_disagree_are_settled_by_what_they_say[duckdb-in one file, turned round]",
        ),
    ),
    Fault(
        "of equal versions the one that landed first stays",
        "sql/duckdb/raw/merge.sql",
        "when matched and ({staged_tie_break}) > ({known_tie_break}) then",
        "when matched and staged.exported_at > known.exported_at then",
        (f"{RAW}::test_equal_versions_that_disagree_are_settled_by_what_they_say[duckdb-lesser first]",),
    ),
    Fault(
        "version compared the wrong way: an older row takes a newer one's place",
        "sql/duckdb/raw/merge.sql",
        "({staged_tie_break}) > ({known_tie_break})",
        "({staged_tie_break}) < ({known_tie_break})",
        (f"{RAW}::test_the_winner_does_not_depend_on_the_order_of_imports[duckdb]",),
    ),
    Fault(
        "whatever is merged last wins",
        "sql/duckdb/raw/merge.sql",
        "when matched and ({staged_tie_break}) > ({known_tie_break}) then",
        "when matched then",
        (f"{RAW}::test_the_winner_does_not_depend_on_the_order_of_imports[duckdb]",),
    ),
    Fault(
        "a null beats every value among equal versions",
        "wrapped_assets/resources/duckdb/sql.py",
        'parts += [f"{name} is not null", f"coalesce',
        'parts += [f"{name} is null", f"coalesce',
        (f"{RAW}::test_equal_versions_that_disagree_are_settled_by_what_they_say[duckdb-greater first]",),
    ),
    Fault(
        "requests of two organizations with one id are one request",
        "wrapped_assets/families.py",
        'key=("organization_id", "request_id", "start_datetime"),',
        'key=("request_id", "start_datetime"),',
        (f"{RAW}::test_keys_that_differ_in_any_part_are_different_rows[duckdb]",),
    ),
    Fault(
        "a time finer than raw keeps makes a second row",
        "wrapped_assets/resources/duckdb/sql.py",
        "compared = {name: _whole_microseconds(name, stored[name]) for",
        "compared = {name: name for",
        (f"{RAW}::test_times_finer_than_raw_keeps_make_no_second_row[duckdb]",),
    ),
    Fault(
        "a vanished object is treated as deleted",
        "wrapped_assets/resources/duckdb/raw.py",
        """        if fetched.problems:
            return {key: str(problem) for key, problem in fetched.problems.items()}
        with transaction(con):
""",
        """        files = [file for file in files if file.key in fetched.paths]
        with transaction(con):
""",
        (f"{RAW}::test_a_rebuild_that_needs_a_vanished_object_refuses_and_changes_nothing[duckdb]",),
    ),
    Fault(
        "a file that could not be read is crossed off the list of what to merge",
        "wrapped_assets/resources/duckdb/raw.py",
        'con.execute(queries.text("duckdb/raw/settle_days"), {**bounds, "keep": gone})',
        'con.execute(queries.text("duckdb/raw/settle_days"), {**bounds, "keep": []})',
        (f"{RAW}::test_a_file_that_vanished_before_it_was_merged_is_waited_for[duckdb]",),
    ),
    Fault(
        "a late row makes the midnight of its day stale and not its hour",
        "sql/duckdb/raw/make_changed_stale.sql",
        "date_trunc('hour', staged.{event_time})",
        "date_trunc('day', staged.{event_time})",
        (f"{LATE}::test_a_late_correction_counts_instead_of_what_it_corrects",),
    ),
    Fault(
        "a correction of a row that is known goes no further than raw",
        "sql/duckdb/raw/make_changed_stale.sql",
        "({staged_tie_break}) > ({known_tie_break})",
        "({staged_tie_break}) < ({known_tie_break})",
        (f"{LATE}::test_after_a_late_row_everything_is_as_if_it_had_been_in_time[a corrected request]",),
    ),
    Fault(
        "a row exported again does not move the clock of its edition",
        "sql/duckdb/raw/make_editions_stale.sql",
        "or file_days.last_exported_at > editions.generated_at",
        "or file_days.last_exported_at < editions.generated_at",
        (f"{LATE}::test_a_row_exported_again_moves_the_clock_of_its_edition",),
    ),
)
