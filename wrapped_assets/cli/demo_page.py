"""The demonstration's last step: its edition published, and how to look at it once `wrapped serve` runs."""

from wrapped_assets.access.open import open_registry
from wrapped_assets.command import wrapped
from wrapped_assets.editions import Publisher
from wrapped_assets.editions.open import open_publication
from wrapped_assets.resources.open import open_warehouse
from wrapped_assets.settings import Settings
from wrapped_assets.text.terminal import bars, console, say

SERVED = "http://127.0.0.1:8080"
"""Where `wrapped serve` listens when nothing else is said."""


def publish(settings: Settings, year: int, is_new: bool) -> None:
    """Publish and promote the edition, unless what is current says the same."""
    from wrapped_assets.cli import running  # Dagster takes seconds to import
    from wrapped_assets.cli.instance import dagster_instance

    publisher = Publisher(open_publication(settings))
    if is_new or publisher.current(year) is None:
        with bars(), dagster_instance(settings) as instance:
            publisher.promote(year, running.publish(instance, year, sample=False))


def print_addresses(settings: Settings, year: int) -> None:
    """The page of the customer with most requests, and a question to the API that can be pasted as it is."""
    with open_warehouse(settings).reading() as reader:
        (first,) = reader.facts(year, most=1)
        names = reader.customers([first["wrapped_id"]])
    customer = first["wrapped_id"]
    with open_registry(settings) as registry:
        registry.make_links(year, {customer: names.get(customer)})
        link = next(
            each for each in registry.links_of_subject(customer) if each.year == year and not each.revoked
        )
    base = settings.public_url or SERVED
    token = f"$({wrapped('token issue --admin --name curl')})"
    lines = (
        f"\nServe it: `{wrapped('serve')}` or `make serve`, then open",
        f"  {base}/wrapped/{link.url_key}",
        "or ask:",
        f'  curl -H "Authorization: Bearer {token}" \\',
        f"    '{base}/v0/pipes/wrapped_pipe_stats_summary.json?wrapped_id={customer}'",
    )
    say(console, "\n".join(lines))
