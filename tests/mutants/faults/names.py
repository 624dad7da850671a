"""Faults in who owns what, and what it is called."""

from tests.mutants.fault import Fault

PIPELINE = "tests/test_summaries_of_pipeline.py"
SCOPES = "tests/test_scopes_of_ids.py"
ISOLATION = "tests/test_same_ids.py"

FAULTS = (
    Fault(
        "names and owners by arrival instead of snapshot time",
        "sql/duckdb/dimensions/merge.sql",
        "({snapshot_tie_break}) > ({known_tie_break})",
        "({snapshot_tie_break}) <> ({known_tie_break})",
        (f"{PIPELINE}::test_an_older_snapshot_that_arrives_later_changes_no_owner[duckdb]",),
    ),
    Fault(
        "a workspace is called what another customer calls its own of that id",
        "sql/products/usage/workspaces.sql",
        "left join dimensions.workspaces as names using (organization_id, workspace_id)",
        "left join dimensions.workspaces as names using (workspace_id)",
        (f"{SCOPES}::test_a_workspace_has_a_name_of_its_own_organization_only[duckdb]",),
    ),
    Fault(
        "an endpoint calls a workspace what another customer calls its own of that id",
        "sql/endpoints/wrapped_top_workspaces.sql",
        "left join workspaces as named using (organization, workspace_id)",
        "left join workspaces as named using (workspace_id)",
        (f"{ISOLATION}::test_customers_with_the_same_ids_see_nothing_of_each_other[duckdb]",),
    ),
    Fault(
        "a region's workspaces are called as in the newest snapshot of any",
        "sql/products/usage/workspaces.sql",
        "(names.region = ranked.region, names.exported_at,",
        "(names.exported_at,",
        (f"{SCOPES}::test_a_region_names_its_own_workspaces_first[duckdb]",),
    ),
    Fault(
        "all organizations with a blank customer are one customer",
        "wrapped_assets/families.py",
        "nullable=True, blank_is_null=True",
        "nullable=True, blank_is_null=False",
        (f"{SCOPES}::test_a_blank_customer_is_none[duckdb-]",),
    ),
    Fault(
        "what two customers own in two regions is added up and published",
        "wrapped_assets/assets/publishing.py",
        "if disputes := reader.pending().disputes:",
        "if disputes := []:",
        (f"{SCOPES}::test_regions_that_disagree_on_an_owner_are_told[duckdb]",),
    ),
    Fault(
        "an edition freezes while an owner is disputed",
        "wrapped_assets/resources/duckdb/summaries.py",
        " and not pending.disputes:",
        ":",
        (f"{SCOPES}::test_regions_that_disagree_on_an_owner_are_told[duckdb]",),
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
        "wrapped_assets/resources/identity.py",
        "hmac.digest(secret, customer_id.encode(), hashlib.sha256)[:16]",
        "hashlib.sha256(customer_id.encode()).digest()[:16]",
        ("tests/test_identity.py::test_another_customer_or_another_secret_gives_another_id",),
    ),
)
