"""Faults in the answers: history and what landed since, put together at the time of the question."""

from tests.mutants.fault import Fault

FOLLOW = "tests/test_serving_follow.py"
KEPT = "tests/test_serving_kept.py"
ENDPOINTS = "tests/test_endpoints.py"

FAULTS = (
    Fault(
        "fresh rows are added on top of the history that they replace, in endpoints",
        "sql/duckdb/serving/views/parts.sql",
        "anti join (from fresh.{level} where id is null) as replaced using (organization, {period}, kind)\n",
        "",
        (f"{ENDPOINTS}::test_days_are_those_with_requests_fresh_ones_included",),
    ),
    Fault(
        "fresh rows are added on top of the history that they replace, in summaries",
        "wrapped_assets/resources/snapshot/present.py",
        "if row[0] else row[1:4] not in replaced)]",
        "if row[0] else True)]",
        (f"{FOLLOW}::test_a_correction_replaces_what_it_corrects",),
    ),
    Fault(
        "fresh rows are not deduplicated against the other files of their hour",
        "wrapped_assets/serving/live/fresh.py",
        "        return before + since\n",
        "        return since\n",
        (f"{FOLLOW}::test_an_older_version_changes_nothing",),
    ),
    Fault(
        "an hour that lost its last row keeps what history says of it",
        "sql/duckdb/serving/fresh/changed.sql",
        "    union all\n    (from recorded except from recomputed)\n",
        "",
        (f"{FOLLOW}::test_a_changed_object_takes_its_old_rows_away",),
    ),
    Fault(
        "hours in which the version before had rows are not looked at again",
        "wrapped_assets/serving/live/fresh.py",
        "        for day, hours in self.history.hours_of_files(family, others):\n            self._wait(family, day, hours)\n",
        "",
        (f"{FOLLOW}::test_a_changed_object_takes_its_old_rows_away",),
    ),
    Fault(
        "an hour that needs a vanished file is answered without it",
        "wrapped_assets/serving/live/fresh.py",
        "hours[held.day] &= ~held.hours",
        "hours[held.day] &= held.hours | ~0",
        (f"{FOLLOW}::test_an_hour_that_needs_a_vanished_file_stays_as_it_was",),
    ),
    Fault(
        "hours that failed half way are forgotten",
        "wrapped_assets/serving/live/fresh.py",
        "        replaced = self.overlay.replace_hours(",
        "        self._waiting[family] = {}\n        replaced = self.overlay.replace_hours(",
        (f"{FOLLOW}::test_hours_that_fail_half_way_are_all_as_before_and_tried_again",),
    ),
    Fault(
        "pieces of a recomputation are kept when a later one fails",
        "wrapped_assets/resources/snapshot/overlay.py",
        "        with transaction(self.con):\n            self._begin(HOURLY)\n",
        "        if True:\n            self._begin(HOURLY)\n",
        (f"{FOLLOW}::test_hours_that_fail_half_way_are_all_as_before_and_tried_again",),
    ),
    Fault(
        "a worker goes on from what was kept for another snapshot",
        "wrapped_assets/resources/snapshot/kept.py",
        "        if said != belongs:\n",
        "        if not said:\n",
        (f"{KEPT}::test_what_was_kept_for_something_else_is_not_used",),
    ),
    Fault(
        "hours that need a vanished file are forgotten when a worker ends",
        "wrapped_assets/serving/live/fresh.py",
        "        for family, held in self._held.items():\n            for day, hours in held.items():\n                found",
        "        for family, held in self._held.items():\n            for day, hours in ():\n                found",
        (f"{KEPT}::test_an_hour_that_was_held_is_made_up_for_by_the_next_process",),
    ),
    Fault(
        "a worker that starts goes on with the hours and not with the files of the one before",
        "wrapped_assets/serving/live/fresh.py",
        "        self.taken = {each.file.key: each for each in taken}\n",
        "        self.taken = {}\n",
        (f"{KEPT}::test_nothing_is_read_twice",),
    ),
    Fault(
        "a number of bytes over 63 bits is no answer",
        "wrapped_assets/resources/snapshot/present.py",
        'return _rows_as("hugeint", history, level, organizations, spans)',
        "return []",
        ("tests/test_serving_splits.py::test_whole_years_are_what_the_warehouse_says",),
    ),
    Fault(
        "a fresh gauge counts with its largest reading",
        "sql/duckdb/serving/merged/last.sql",
        "arg_max(bytes, last_at) as bytes,",
        "max(bytes) as bytes,",
        (f"{FOLLOW}::test_the_last_reading_counts_and_not_the_largest",),
    ),
    Fault(
        "a day that is to be rebuilt is looked at without its last hour",
        "sql/duckdb/serving/waiting.sql",
        "coalesce(file_days.hours, 16777215)",
        "coalesce(file_days.hours, 8388607)",
        (f"{FOLLOW}::test_a_day_that_raw_was_still_to_rebuild_is_counted_to_its_last_hour",),
    ),
    Fault(
        "a closed range: the day after the last one counts",
        "sql/endpoints/wrapped_requests_by_day.sql",
        "where day >= $start_date and day < $end_date",
        "where day >= $start_date and day <= $end_date",
        (f"{ENDPOINTS}::test_a_range_leaves_its_end_out",),
    ),
    Fault(
        "a data source is as large as it ever was",
        "sql/endpoints/wrapped_top_datasources.sql",
        "arg_max(sizes.bytes, sizes.last_at) as bytes,",
        "max(sizes.bytes) as bytes,",
        (f"{ENDPOINTS}::test_data_sources_count_with_their_last_reading",),
    ),
    Fault(
        "a blank after a comma leaves a customer out",
        "sql/endpoints/wrapped_requests_by_day.sql",
        "select trim(unnest(string_split($wrapped_id, ',')), ' ')",
        "select unnest(string_split($wrapped_id, ','))",
        (f"{ENDPOINTS}::test_blanks_in_a_list_of_customers_leave_nobody_out",),
    ),
    Fault(
        "the month that a range ends in counts as a whole",
        "wrapped_assets/serving/live/cover.py",
        "        last = MONTHLY.start(end)\n",
        "        last = MONTHLY.span(end).end\n",
        ("tests/test_cover.py::test_a_range_is_its_whole_months_and_the_days_around_them",),
    ),
)
