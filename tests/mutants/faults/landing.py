"""Faults in how files are found, judged and taken in."""

from tests.mutants.fault import Fault

LANDING = "tests/test_landing.py"
STORE = "tests/test_landing_store.py"

TYPES = "tests/test_types.py"

FAULTS = (
    Fault(
        "files of two types are read as the first file's",
        "wrapped_assets/resources/duckdb/parquet.py",
        "groups[tuple((n, t) for n, t in found if",
        "groups[tuple((n, 'VARCHAR') for n, t in found if",
        (f"{TYPES}::test_whatever_types_two_files_have_they_load_together[duckdb]",),
    ),
    Fault(
        "nanoseconds are rounded",
        "wrapped_assets/resources/duckdb/sql.py",
        'if not stored.endswith("_NS"):\n        return name\n',
        'if not stored.endswith("_NS"):\n        return name\n    return f"cast({name} as timestamp)"\n',
        (f"{TYPES}::test_nanoseconds_are_cut_and_never_rounded[duckdb-timestamp[ns]]",),
    ),
    Fault(
        "a count of nulls in a footer is believed",
        "wrapped_assets/resources/duckdb/sql.py",
        'return f"map {{{found}}}"',
        'return "map {}"',
        (
            f"{TYPES}::test_what_a_footer_says_of_nulls_changes_nothing[duckdb-organizations2-0-reasons2-False]",
        ),
    ),
    Fault(
        "the ledger is compared by key and not by version",
        "wrapped_assets/assets/importing.py",
        "new += [item for item in listing.objects if known.get(item.key) != item.etag]",
        "new += [item for item in listing.objects if item.key not in known]",
        (f"{LANDING}::test_a_changed_object_says_what_it_says_now[duckdb]",),
    ),
    Fault(
        "the ledger is committed apart from the days its files brought",
        "wrapped_assets/resources/duckdb/landing.py",
        '    insert_dicts(con, "landing.files", ledger)\n',
        '    insert_dicts(con, "landing.files", ledger)\n    con.execute("commit")\n    con.execute("begin")\n',
        (f"{LANDING}::test_an_import_that_dies_halfway_has_imported_nothing[duckdb-landing.file_days]",),
    ),
    Fault(
        "the landed rows of a changed object stay in raw",
        "wrapped_assets/resources/duckdb/landing.py",
        '    con.execute(queries.text("duckdb/landing/rebuild_days_of"), old)\n',
        "",
        (f"{LANDING}::test_a_changed_object_says_what_it_says_now[duckdb]",),
    ),
    Fault(
        "rows stay in quarantine after their object was mended",
        "wrapped_assets/resources/duckdb/landing.py",
        '    con.execute(queries.text("duckdb/landing/release_rows_of"), old)\n',
        "",
        (f"{LANDING}::test_rows_leave_quarantine_when_their_object_is_mended[duckdb]",),
    ),
    Fault(
        "quarantine drops the first row of each file, counting from one",
        "sql/duckdb/landing/impossible_rows.sql",
        "where reason is not null\n",
        "where reason is not null and row_number > 0\n",
        (f"{LANDING}::test_what_a_quarantined_row_said_can_be_read[duckdb]",),
    ),
    Fault(
        "an impossible row gets into raw beside the sound ones of its file",
        "wrapped_assets/resources/duckdb/sql.py",
        r'only_valid=f"\n        and (case {reasons(family, types)} end) is null"',
        'only_valid=""',
        (f"{LANDING}::test_impossible_rows_are_set_aside_one_by_one_each_with_its_reason[duckdb]",),
    ),
    Fault(
        "a flag may say 2",
        "wrapped_assets/resources/duckdb/sql.py",
        "cast({c} as utinyint) > 1",
        "cast({c} as utinyint) > 2",
        (f"{LANDING}::test_impossible_rows_are_set_aside_one_by_one_each_with_its_reason[duckdb]",),
    ),
    Fault(
        "a duration of exactly the limit is let in",
        "wrapped_assets/resources/duckdb/sql.py",
        "* 1e6 + 0.5) >= {LONGEST_US}",
        "* 1e6 + 0.5) > {LONGEST_US}",
        (f"{LANDING}::test_a_duration_that_rounds_to_the_limit_is_over_it[duckdb]",),
    ),
    Fault(
        "a day is when a row was exported, not when it happened",
        "wrapped_assets/resources/duckdb/sql.py",
        'day=f"cast({source.event_time} as date)" if',
        'day="cast(exported_at as date)" if',
        (f"{LANDING}::test_rows_in_the_wrong_folder_count_on_the_day_they_happened[duckdb]",),
    ),
    Fault(
        "a counter passes through a float on its way in",
        "wrapped_assets/resources/duckdb/sql.py",
        '"counter": "try_cast({c} as ubigint)",',
        '"counter": "try_cast(cast({c} as double) as ubigint)",',
        ("tests/test_raw.py::test_numbers_keep_every_bit_and_durations_become_whole_microseconds[duckdb]",),
    ),
    Fault(
        "durations are cut to whole microseconds and not rounded",
        "wrapped_assets/resources/duckdb/sql.py",
        '"seconds": "try_cast(floor(cast({c} as double) * 1e6 + 0.5) as ubigint)",',
        '"seconds": "try_cast(floor(cast({c} as double) * 1e6) as ubigint)",',
        ("tests/test_raw.py::test_numbers_keep_every_bit_and_durations_become_whole_microseconds[duckdb]",),
    ),
    Fault(
        "a server is trusted to list in order",
        "wrapped_assets/resources/landing_store.py",
        "return Listing([whole[key] for key in sorted(whole)], skipped)",
        "return Listing(list(whole.values()), skipped)",
        (f"{STORE}::test_a_server_that_lists_out_of_order_and_twice_changes_nothing[moto]",),
    ),
    Fault(
        "a file that changed since it was listed is read for the one listed",
        "wrapped_assets/resources/landing_folder.py",
        "if found is None or landing_object(found) != item:",
        "if found is None:",
        (f"{STORE}::test_changed_and_vanished_files_are_told_and_the_others_come[folder]",),
    ),
    Fault(
        "a new file takes the place of one that has its name",
        "wrapped_assets/resources/landing_bucket.py",
        'obstore.put(self.objects, key, path, mode="create")',
        'obstore.put(self.objects, key, path, mode="overwrite")',
        (f"{STORE}::test_a_new_file_lands_once[moto-whole]",),
    ),
    Fault(
        "what other writers stage in folders of their own is read",
        "wrapped_assets/landing_layout.py",
        'key.startswith((".", "_")) or "/." in key or "/_" in key',
        'key.rpartition("/")[2].startswith((".", "_"))',
        ("tests/test_layout.py::test_what_writers_keep_for_themselves_is_never_read",),
    ),
)
