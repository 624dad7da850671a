"""What each customer of an edition is given: a link to the page and a token for the endpoints about one customer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from wrapped_assets.access.grants import READ, Grant, Scope
from wrapped_assets.access.registry import Link, Registry, TokenRecord
from wrapped_assets.access.registry.keys import token_name
from wrapped_assets.access.tokens import WORKSPACE, new_jti
from wrapped_assets.serving.api.endpoints import load_endpoints
from wrapped_assets.text.public_names import public_company

# What every endpoint about customers asks for, and a customer's token fixes.
CUSTOMER = "wrapped_id"

# A year in review is looked at for a year. A later materialization renews what has expired.
LIFETIME = timedelta(days=400)

# More than a page and a script of its owner need, less than a worker can do.
REQUESTS_PER_SECOND = 20


@dataclass(frozen=True)
class IssueReport:
    """What was missing for an edition and is there now."""

    customers: int
    new_links: int
    new_tokens: int
    revoked_links: int
    """Customers whose link was revoked: they are given nothing, except by hand."""


def issue(registry: Registry, year: int, companies: Mapping[str, str | None], at: datetime) -> IssueReport:
    """Give each of these customers its link and its token, unless it has them; doing it again changes nothing."""
    revoked = _only_revoked(registry, year)
    wanted = {subject: company for subject, company in companies.items() if subject not in revoked}
    new_links = registry.make_links(year, wanted)
    grants = {subject: edition_grant(subject, company, year, at) for subject, company in wanted.items()}
    new_tokens = registry.issue_for_edition(year, grants)
    return IssueReport(len(companies), new_links, new_tokens, len(companies) - len(wanted))


def edition_grant(wrapped_id: str, company: str | None, year: int, at: datetime) -> Grant:
    """What a customer may ask about an edition: its own year, whatever the request says."""
    name = public_company(company)
    fixed = {"wrapped_id": wrapped_id, "year": str(year)}
    return Grant(
        name=token_name(year, wrapped_id),
        workspace_id=WORKSPACE,
        scopes=tuple(Scope(READ, pipe, fixed) for pipe in customer_pipes()),
        rps=REQUESTS_PER_SECOND,
        jti=new_jti(),
        expires_at=at + LIFETIME,
        company={"name": name} if name else {},
    )


@cache
def customer_pipes() -> list[str]:
    """The endpoints that answer about the customers they are asked for: a customer's token reads these and no others."""
    endpoints = load_endpoints()
    return [
        name for name in sorted(endpoints) if CUSTOMER in {each.name for each in endpoints[name].parameters}
    ]


def of_customer(
    registry: Registry, year: int, wrapped_id: str, company: str | None, at: datetime
) -> tuple[Link, TokenRecord]:
    """The link and the token of one customer, made where there are none; other ones if the last were revoked."""
    registry.make_links(year, {wrapped_id: company})
    registry.issue_for_edition(year, {wrapped_id: edition_grant(wrapped_id, company, year, at)})
    links = registry.links_of_subject(wrapped_id)
    link = next(link for link in links if link.year == year and not link.revoked)
    tokens = registry.tokens_named(token_name(year, wrapped_id))
    # Of this name may also be tokens that somebody issued beside it.
    return link, next(each for each in tokens if each.subject == wrapped_id and each.revoked_at is None)


def _only_revoked(registry: Registry, year: int) -> set[str]:
    links = registry.links_of_edition(year)
    return {link.subject for link in links} - {link.subject for link in links if not link.revoked}
