"""The asset wrapped_tokens, run through Dagster on a built world, and who is in an edition on either engine."""

import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.built_world import SECRET, YEAR, BuiltWorld
from tests.landing_files import files_of, organization, request
from tests.pipeline import Pipeline
from wrapped_assets.access.registry import Registry
from wrapped_assets.access.tokens import Authority
from wrapped_assets.assets.edition_tokens import LIFETIME

pytestmark = pytest.mark.proof

ROOT = Path(__file__).parent.parent
# In a process of its own: the partitions follow the settings, which are read at import.
RUN = """
import json
import dagster as dg
from wrapped_assets.cli import running
from wrapped_assets.cli.instance import dagster_instance
from wrapped_assets.partitions import key_range
from wrapped_assets.settings import Settings

with dagster_instance(Settings.load()) as instance:
    running.run(instance, "issue_tokens", key_range(YEAR, YEAR))
    (record,) = instance.fetch_materializations(dg.AssetKey("wrapped_tokens"), limit=1).records
    said = record.asset_materialization
    print(json.dumps([said.partition, {name: value.value for name, value in said.metadata.items()}]))
"""


def materialize(world: BuiltWorld) -> dict[str, Any]:
    """Run the job; what the edition's materialization shows."""
    command = [sys.executable, "-c", RUN.replace("YEAR", str(YEAR))]
    done = subprocess.run(
        command, cwd=ROOT, env=world.environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    partition, metadata = json.loads(done.stdout.splitlines()[-1])
    assert partition == str(YEAR)
    return dict(metadata)


def counts(metadata: dict[str, Any]) -> dict[str, int]:
    """Its numbers."""
    return {name: value for name, value in metadata.items() if isinstance(value, int)}


def test_every_customer_of_the_edition_gets_a_link_and_a_token_once(
    built_world: BuiltWorld, tmp_path: Path
) -> None:
    """Through Dagster: issued, issued again, one revoked, one taken down, one opted out, all rotated."""
    world = built_world.twin(tmp_path / "home")
    with duckdb.connect(str(world.warehouse), read_only=True) as con:
        names = dict(
            con.execute(
                """select wrapped_id, min(customer_name) from main.wrapped_summaries
                join main.wrapped_organizations using (wrapped_id) where year = $year group by all""",
                {"year": YEAR},
            ).fetchall()
        )
    customers = len(names)
    assert customers > 10

    first = materialize(world)
    assert counts(first) == {
        "dagster/partition_row_count": customers,
        "customers": customers,
        "new_links": customers,
        "new_tokens": customers,
        "revoked_links": 0,
        "opted_out": 0,
    }
    nothing_new = counts(first) | {"new_links": 0, "new_tokens": 0}
    assert counts(materialize(world)) == nothing_new

    with Registry.open(f"sqlite:///{world.home}/registry.db") as registry:
        links, tokens = registry.links_of_edition(YEAR), registry.tokens_of_edition(YEAR)
        assert {link.subject: link.company for link in links} == names
        assert tokens.keys() == names.keys()
        authority = Authority(SECRET.encode(), registry)
        for subject, record in tokens.items():
            found = authority.verify(authority.text_of(record.grant, record.issued_at))
            assert found.scopes[0].fixed_params == {"wrapped_id": subject, "year": str(YEAR)}
            assert found.company == ({"name": names[subject]} if names[subject] else {})
        one, two, three, *_ = sorted(names)
        registry.revoke(str(tokens[one].grant.jti))
        registry.revoke(next(link.url_key for link in links if link.subject == two))
        registry.opt_out(three)

        expected = nothing_new | {"new_tokens": 1, "revoked_links": 1, "opted_out": 1}
        assert counts(materialize(world)) == expected | {"dagster/partition_row_count": customers - 1}
        registry.rotate()
        last = materialize(world)
        assert counts(last)["new_tokens"] == customers - 1 and counts(last)["new_links"] == 0
        assert {link.url_key for link in registry.links_of_edition(YEAR)} == {link.url_key for link in links}

        shown = json.dumps([first, last])
        assert "first_customers" in last and "| customer | link | token until |" in last["first_customers"]
        assert f"{(datetime.now(UTC) + LIFETIME).year}-" in last["first_customers"]
        for link in links:
            assert link.url_key not in shown and link.url_key[-20:] not in shown and link.short not in shown
        for record in (*tokens.values(), *registry.tokens_of_edition(YEAR).values()):
            text = authority.text_of(record.grant, record.issued_at)
            assert text not in shown and str(record.grant.jti) not in shown
        assert not re.search(r"[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}\.", shown) and "wr_" not in shown


def test_an_edition_names_its_customers_and_nobody_else(pipeline: Pipeline) -> None:
    """With their names; who used nothing in that year is not among them; who has no name is."""
    rows = [
        organization("org-1", name="One", customer_id="cus-1", customer_name="Acme"),
        organization("org-2", name="Two", customer_id="cus-1", customer_name="Acme"),
        organization("org-3", name="Three", customer_id="cus-2", customer_name="Béta"),
        organization("org-4", name="Four", customer_id="cus-3", customer_name="Idle"),
        request("org-1", "2025-03-01T10:00:00", "r-1"),
        request("org-2", "2025-03-01T10:00:00", "r-2"),
        request("org-3", "2024-03-01T10:00:00", "r-3"),
        request("org-5", "2025-03-01T10:00:00", "r-4"),
    ]
    pipeline.build(*files_of(*rows))
    with pipeline.open() as run:
        owner = run.writer.owner
        assert run.writer.recipients(2025) == {owner("org-1"): "Acme", owner("org-5"): None}
        assert run.writer.recipients(2024) == {owner("org-3"): "Béta"}
        assert run.writer.recipients(2023) == {}
