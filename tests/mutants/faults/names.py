"""Faults in who owns what, and what it is called."""

from tests.mutants.fault import Fault

PIPELINE = "tests/test_summaries_of_pipeline.py"

FAULTS = (
    Fault(
        "names and owners by arrival instead of snapshot time",
        "sql/duckdb/dimensions/merge.sql",
        "snapshot.region) > ({known_tie_break}",
        "snapshot.region) <> ({known_tie_break}",
        (f"{PIPELINE}::test_an_older_snapshot_that_arrives_later_changes_no_owner[duckdb]",),
    ),
    Fault(
        "of two regions that say the same the one that landed first is the region",
        "sql/duckdb/dimensions/merge.sql",
        "({snapshot_tie_break}, snapshot.region) > ({known_tie_break}, known.region)",
        "({snapshot_tie_break}) > ({known_tie_break})",
        (f"{PIPELINE}::test_of_two_regions_that_say_the_same_the_last_by_name_is_the_region[duckdb-eu]",),
    ),
    Fault(
        "a summary made before its organization had an owner is never made again",
        "sql/duckdb/dimensions/make_owners_stale.sql",
        "    or organizations.wrapped_id in (select new_owner from moved)\n",
        "",
        (f"{PIPELINE}::test_the_order_of_identities_and_summaries_does_not_matter[duckdb]",),
    ),
    Fault(
        "whoever sells an organization keeps a summary with it",
        "sql/duckdb/dimensions/make_owners_stale.sql",
        """organizations.wrapped_id in (select old_owner from moved where old_owner is not null)
    or """,
        "",
        ("tests/test_editions.py::test_a_seller_that_keeps_another_organization_loses_the_sold_one[duckdb]",),
    ),
    Fault(
        "the public identity is a plain hash that anyone can compute",
        "wrapped_assets/identity.py",
        "hmac.digest(secret, customer_id.encode(), hashlib.sha256)[:16]",
        "hashlib.sha256(customer_id.encode()).digest()[:16]",
        ("tests/test_identity.py::test_another_customer_or_another_secret_gives_another_id",),
    ),
)
