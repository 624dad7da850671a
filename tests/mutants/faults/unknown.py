"""Faults in what is unknown, and in what two years are compared by."""

from tests.mutants.fault import Fault

UNKNOWN = "tests/test_unknown.py"
STORY = "tests/test_story.py"

FAULTS = (
    Fault(
        "errors unknown: a year's sum is that of the requests that say it",
        "sql/products/usage/requests.sql",
        "if(sum(errors_unknown) = 0, cast(sum(errors) as bigint), null) as errors",
        "cast(sum(errors) as bigint) as errors",
        (f"{UNKNOWN}::test_a_region_that_knows_less_makes_its_customers_sums_unknown[duckdb]",),
    ),
    Fault(
        "durations unknown: percentiles are those of the requests that say one",
        "sql/products/usage/service.sql",
        " and duration_limits.total = request_totals.requests",
        "",
        (f"{UNKNOWN}::test_one_request_that_says_nothing_makes_a_sum_unknown[duckdb]",),
    ),
    Fault(
        "errors unknown: an answer adds up the days that say them",
        "sql/duckdb/serving/merged/sums.sql",
        "if(count(errors) = count(*), cast(sum(errors) as bigint), null) as errors",
        "cast(sum(errors) as bigint) as errors",
        (f"{UNKNOWN}::test_endpoints_answer_null_for_what_is_unknown[duckdb]",),
    ),
    Fault(
        "a null that is unknown is impossible beside values",
        "wrapped_assets/resources/duckdb/sql.py",
        '''is_there = f"{name} is not null and " if column.nullable else ""''',
        '''is_there = ""''',
        (f"{UNKNOWN}::test_an_impossible_value_is_set_aside_beside_nulls[duckdb]",),
    ),
    Fault(
        "unknown to the check: a total that hides what one request does not say",
        "sql/duckdb/checks/totals.sql",
        "if(sum(errors_unknown) > 0, null, coalesce(sum(errors), 0))",
        "if(sum(errors_unknown) > 0, 0, coalesce(sum(errors), 0))",
        (f"{UNKNOWN}::test_a_total_that_hides_what_is_unknown_is_found[duckdb]",),
    ),
    Fault(
        "a month that the year before began in is compared as a whole one, its first weeks unknown",
        "wrapped_assets/products/usage/stories/growth.py",
        "began.month + (began.day > LATEST_START)",
        "began.month",
        (f"{UNKNOWN}::test_months_that_both_years_have_whole_are_compared[duckdb]",),
    ),
    Fault(
        "a month that runs is compared with a whole one, its last weeks unknown",
        "wrapped_assets/products/usage/stories/growth.py",
        "after.month - 1 if after.year == edition.year else 12",
        "after.month if after.year == edition.year else 12",
        (f"{UNKNOWN}::test_months_that_both_years_have_whole_are_compared[duckdb]",),
    ),
    Fault(
        "unknown failures are told to be none",
        "wrapped_assets/products/usage/stories/service.py",
        "if told.errors is None or not told.total:",
        "if not told.total:",
        (f"{STORY}::test_what_no_request_says_is_not_told",),
    ),
)
