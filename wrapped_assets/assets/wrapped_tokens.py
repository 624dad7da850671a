"""wrapped_tokens: the link to each customer's page of an edition, and a token for its endpoint.

What a customer is given is written in wrapped_assets/assets/edition_tokens.py, where it is kept in resources/registry/; this module
says for whom, and shows what there is without showing anything that opens a page.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import dagster as dg

from wrapped_assets.access.registry import Link, TokenRecord
from wrapped_assets.access.registry.keys import slug
from wrapped_assets.assets.common import asset, code_version, column_schema, describe
from wrapped_assets.assets.edition_tokens import IssueReport, issue
from wrapped_assets.assets.plots import markdown_table
from wrapped_assets.assets.stores import RegistryResource
from wrapped_assets.partitions import editions
from wrapped_assets.resources.warehouse import Warehouse
from wrapped_assets.settings import Settings

COLUMNS = column_schema(
    [
        ("year", "integer", "The edition."),
        ("subject", "text", "The customer's wrapped_id."),
        ("company", "text, nullable", "The customer's name."),
        ("url_key", "text", "The address of the page: a readable part and 100 random bits, made once."),
        ("short", "text", "The short address, 70 random bits."),
        (
            "jti",
            "text",
            "The id of the customer's token. Its text is kept nowhere; `wrapped token issue --wrapped-id` makes it again.",
        ),
        ("expires_at", "instant, UTC", "When that token ends; the link has no end."),
    ]
)

_SHOWN = 10


@asset(
    "wrapped_tokens",
    deps=["wrapped_summaries"],
    partitions=editions,
    group="wrapped",
    kinds=["sqlite" if Settings.load().registry_url.startswith("sqlite:") else "postgresql"],
    code=code_version(duckdb=["duckdb/summaries/recipients"], clickhouse=["clickhouse/summaries/recipients"]),
    columns=COLUMNS,
    description=describe(
        "one customer's link and token for an edition",
        "`wrapped_summaries` (who has a year) and `wrapped_organizations` (their names)",
        "Kept in the registry (WRAPPED_REGISTRY_URL). Materializing again gives only what is missing: links never change, a token that"
        " was revoked or is over is replaced, a customer whose link was revoked is left alone.",
    ),
    table="registry_links",
)
def wrapped_tokens(
    context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[Warehouse], registry: RegistryResource
) -> dg.MaterializeResult:
    """Give each customer of an edition its link and its token."""
    with warehouse.reading() as reader:
        customers = {key: reader.recipients(int(key)) for key in context.partition_keys}
    with registry.opened() as opened:
        for key, companies in customers.items():
            report = issue(opened, int(key), companies, datetime.now(UTC))
            links, tokens = opened.links_of_edition(int(key)), opened.tokens_of_edition(int(key))
            context.add_asset_metadata(_metadata(report, links, tokens), partition_key=key)
    return dg.MaterializeResult()


def _metadata(
    report: IssueReport, links: Sequence[Link], tokens: dict[str, TokenRecord]
) -> dict[str, dg.MetadataValue]:
    live = [link for link in links if not link.revoked]
    return {
        "dagster/partition_row_count": dg.MetadataValue.int(len(live)),
        "customers": dg.MetadataValue.int(report.customers),
        "new_links": dg.MetadataValue.int(report.new_links),
        "new_tokens": dg.MetadataValue.int(report.new_tokens),
        "revoked_links": dg.MetadataValue.int(report.revoked_links),
        "opted_out": dg.MetadataValue.int(sum(link.opted_out for link in live)),
        "first_customers": dg.MetadataValue.md(_preview(live[:_SHOWN], tokens)),
    }


def _preview(links: Sequence[Link], tokens: dict[str, TokenRecord]) -> str:
    """Neither a token nor the part of a link that nobody can guess."""
    rows = [
        (link.company or "", f"{slug(link.company)}-…", _until(tokens.get(link.subject))) for link in links
    ]
    return markdown_table(["customer", "link", "token until"], rows)


def _until(token: TokenRecord | None) -> str:
    expires_at = token.grant.expires_at if token else None
    return str(expires_at.date()) if expires_at else ""
