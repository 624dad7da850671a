"""wrapped_organizations: which public identity an organization's numbers count for.

A customer with organizations in several regions has one wrapped_id, made from the secret (wrapped_assets/resources/identity.py).
Whoever gains or loses an organization has the summaries of every edition recomputed.
"""

import dagster as dg

from wrapped_assets.assets.common import (
    ENGINE,
    Refresh,
    asset,
    code_version,
    column_schema,
    describe,
    table_name,
    wants_rebuild,
)
from wrapped_assets.assets.stores import Secret
from wrapped_assets.products import DEFAULT
from wrapped_assets.resources.warehouse import Warehouse

COLUMNS = column_schema(
    [
        ("organization_id", "varchar", "Internal id of the organization."),
        ("customer_id", "varchar", "Its owner: the newest snapshot's customer, or the organization itself."),
        ("wrapped_id", "uuid text", "The customer's public identity."),
        ("customer_name", "varchar, nullable", "The customer's name, for operators."),
        (
            "created_at",
            "timestamp, nullable",
            "When a snapshot first named the organization; null while none has.",
        ),
    ]
)


@asset(
    "wrapped_organizations",
    deps=[
        *(owners.name for owners in DEFAULT.owners),
        *(dg.AssetDep(["monthly", family.name]) for family in DEFAULT.families.values()),
    ],
    group="wrapped",
    kinds=[ENGINE],
    code=code_version(
        duckdb=[
            "duckdb/dimensions/disputes",
            "duckdb/dimensions/owners",
            "duckdb/dimensions/wanted_owners",
            "duckdb/dimensions/settle_owners",
        ],
        clickhouse=["duckdb/dimensions/owners", "duckdb/dimensions/wanted_owners"],
    ),
    columns=COLUMNS,
    table=table_name("main", "wrapped_organizations"),
    description=describe(
        "one organization and the public identity its numbers count for",
        "`organizations`, and the monthly rollups for those that no snapshot names",
    ),
)
def wrapped_organizations(
    context: dg.AssetExecutionContext, config: Refresh, warehouse: dg.ResourceParam[Warehouse], secret: Secret
) -> dg.MaterializeResult:
    """Give every organization that is new or changed owner its public identity."""
    with warehouse.writing() as writer:
        changed = writer.refresh_identities(secret.value(), wants_rebuild(context, config))
        rows = writer.identities()
    return dg.MaterializeResult(metadata={"dagster/row_count": rows, "changed": changed})
