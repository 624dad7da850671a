"""What an id means: organizations are one over all regions, workspaces, pipes and data sources only within theirs."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.examples import judged
from tests.landing_files import (
    LandingFile,
    Row,
    files_of,
    operation,
    organization,
    reading,
    request,
    workspace,
)
from tests.pipeline import Pipeline, Run, differs_from_oracle
from tests.test_summaries_of_pipeline import AFTER, FREEZE, id_of, summaries
from wrapped_assets.assets.publishing import OrganizationsDisagree, edition_of
from wrapped_assets.periods import Span
from wrapped_assets.resources.checks import CHECKS
from wrapped_assets.resources.errors import SnapshotNotReady
from wrapped_assets.snapshot.from_warehouse import write_snapshot

YEAR = Span.year(2025)
DISPUTE = "Organization org-1 belongs to customer alpha in region eu and to customer beta in region us"


def snapshot(*rows: Row, region: str = "eu", at: str = "2025-01-01") -> list[LandingFile]:
    """Names as a region exported them at an instant."""
    dated = [row | {"exported_at": datetime.fromisoformat(at)} for row in rows]
    return files_of(*dated, name=f"names-{at}", region=region)


def names(document: dict[str, Any]) -> list[str]:
    """What the workspaces of a document are called."""
    return [entry["name"] for entry in document["top_workspaces"]]


def built(pipeline: Pipeline, *files: LandingFile) -> dict[str, dict[str, Any]]:
    """The documents that these files make, which the oracle makes too."""
    pipeline.build(*files)
    with pipeline.open() as run:
        assert differs_from_oracle(run, files) == {}
        assert run.broken() - {("organizations", "organizations_agree")} == set()
        return summaries(run)


def test_a_workspace_has_a_name_of_its_own_organization_only(pipeline: Pipeline) -> None:
    """Three customers have a workspace '1'; one of them never named it."""
    told = built(
        pipeline,
        *files_of(*(request(org, id=org, workspace_id="1", region="eu") for org in ("a", "b", "d"))),
        *files_of(request("c", workspace_id="1", region="us"), name="us"),
        *snapshot(workspace("1", "a", name="A: merger"), workspace("1", "b", name="B: shop")),
        *snapshot(workspace("1", "c", name="C: payroll"), region="us", at="2025-02-01"),
    )

    assert {id: names(document) for id, document in told.items()} == {
        id_of("a"): ["A: merger"],
        id_of("b"): ["B: shop"],
        id_of("c"): ["C: payroll"],
        id_of("d"): ["Workspace 1"],
    }


def test_a_region_names_its_own_workspaces_first(pipeline: Pipeline) -> None:
    """What is known in another region helps where the own one says nothing; when it names none, there is none."""
    told = built(
        pipeline,
        *files_of(
            *(request(id=f"eu-{number}", workspace_id="1", region="eu") for number in range(4)),
            *(request(id=f"us-{number}", workspace_id="1", region="us") for number in range(3)),
            *(request(id=f"eu-x-{number}", workspace_id="2", region="eu") for number in range(2)),
            request(id="ap", workspace_id="1", region="ap"),
        ),
        *snapshot(workspace("1", name="Here"), workspace("2", name=None), at="2025-01-01"),
        *snapshot(workspace("1", name="There"), workspace("2", name="Erased"), region="us", at="2025-02-01"),
    )

    # ap has no snapshot: the newest name of the organization's '1' is that of us.
    assert names(told[id_of("org-1")]) == ["Here", "There", "Workspace 1", "There"]


def test_a_name_from_elsewhere_follows_the_newest_snapshot(pipeline: Pipeline) -> None:
    """Also when the region that gives it says only again what it said before."""
    events = files_of(request(workspace_id="1", region="ap"))
    first = [
        *snapshot(workspace("1", name="Old"), region="eu", at="2025-01-01"),
        *snapshot(workspace("1", name="New"), region="us", at="2025-02-01"),
    ]
    assert names(built(pipeline, *events, *first)[id_of("org-1")]) == ["New"]
    again = snapshot(workspace("1", name="Old"), region="eu", at="2025-03-01")
    pipeline.build(*again)
    with pipeline.open() as run:
        assert names(summaries(run)[id_of("org-1")]) == ["Old"]
        assert differs_from_oracle(run, [*events, *first, *again]) == {}


def test_equal_ids_of_two_regions_are_two_things(pipeline: Pipeline) -> None:
    """Two data sources '1' read at one instant are two readings, as are two operations and two pipes."""
    eu, us = (
        files_of(
            reading(id="1", datasource_name=f"sizes {region}", bytes=size, rows=1, region=region),
            operation(id="o", datasource_id="1", written_bytes=size, region=region),
            request(id=region, pipe_id="1", pipe_name=f"pipe {region}", region=region),
            name=region,
        )
        for region, size in (("eu", 500), ("us", 700))
    )
    told = built(pipeline, *eu, *us)[id_of("org-1")]

    assert told["storage"] == {
        "bytes": 1200,
        "rows": 2,
        "largest_datasource": {"name": "sizes us", "bytes": 700, "rows": 1},
    }
    assert (told["ingestion"]["operations"], told["ingestion"]["bytes"]) == (2, 1200)
    assert told["top_pipes"] == [{"name": "pipe eu", "requests": 1}, {"name": "pipe us", "requests": 1}]


@pytest.mark.parametrize("blank", judged(["", " ", "\t\n", "\u00a0", "\u2003\u200b", "\ufeff"]))
def test_a_blank_customer_is_none(pipeline: Pipeline, blank: str) -> None:
    """Two organizations of nobody are two customers, and a name that cannot be seen is none."""
    told = built(
        pipeline,
        *files_of(request("solo1", workspace_id="1"), request("solo2", id="r2", workspace_id="1")),
        *snapshot(*(organization(id, customer_id=blank, customer_name=blank) for id in ("solo1", "solo2"))),
        *snapshot(workspace("1", "solo1", name=blank)),
    )

    assert {id: names(document) for id, document in told.items()} == {
        id_of("solo1"): ["Workspace 1"],
        id_of("solo2"): ["Workspace 1"],
    }


def disputed(run: Run) -> list[dict[str, Any]]:
    """What the check of owners finds."""
    (check,) = (check for check in CHECKS if check.name == "organizations_agree")
    return list(run.violations(check))


def is_frozen(run: Run) -> bool:
    """Whether the edition, which is there, follows nothing any more."""
    edition = run.writer.edition(2025)
    assert edition is not None
    return edition.frozen


def test_regions_that_disagree_on_an_owner_are_told(pipeline: Pipeline, tmp_path: Path) -> None:
    """Nothing is published, served or frozen before they agree: 5 and 7 requests of two customers are never 12 of one."""
    events = files_of(
        *(request(id=f"eu-{number}", region="eu") for number in range(5)),
        *(request(id=f"us-{number}", region="us") for number in range(7)),
    )
    alpha, beta = (organization(customer_id=customer) for customer in ("alpha", "beta"))
    pipeline.build(*events, *snapshot(alpha), *snapshot(beta, region="us", at="2025-02-01"))
    with pipeline.open() as run:
        assert disputed(run) == [{"dispute": DISPUTE}]
        assert run.pending().disputes == [DISPUTE]
        with pytest.raises(OrganizationsDisagree, match=DISPUTE):
            edition_of(run.writer, 2025, sample=False, check_all=list)
        with pytest.raises(SnapshotNotReady, match=DISPUTE):
            write_snapshot(run.writer, tmp_path / "disputed.duckdb", 2025)
        assert not run.summaries(2025, now=AFTER, freeze_at=FREEZE).frozen
        assert not is_frozen(run)

    pipeline.build(*snapshot(beta, at="2025-03-01"))
    with pipeline.open() as run:
        assert disputed(run) == [] == run.pending().disputes
        assert {id: told["requests"]["total"] for id, told in summaries(run).items()} == {id_of("beta"): 12}
        assert edition_of(run.writer, 2025, sample=False, check_all=list).subjects == [id_of("beta")]
        run.summaries(2025, now=AFTER, freeze_at=FREEZE)
        assert is_frozen(run)


def test_no_customer_is_an_owner_like_any_other(pipeline: Pipeline) -> None:
    """Without one, or with its own id, the organization is its own; that contradicts another region's customer."""
    own = snapshot(organization(), organization("org-2", customer_id="org-2"))
    pipeline.build(*own, *snapshot(organization(customer_id=" "), organization("org-2"), region="us"))
    with pipeline.open() as run:
        assert disputed(run) == []
    pipeline.build(*snapshot(organization(customer_id="alpha"), region="us", at="2025-02-01"))
    with pipeline.open() as run:
        assert disputed(run) == [
            {
                "dispute": "Organization org-1 belongs to customer alpha in region us"
                " and to customer org-1 (Organization) in region eu"
            }
        ]


def test_two_names_and_no_customer_are_two_organizations(pipeline: Pipeline) -> None:
    """Regions that number for themselves name no customer: only the names say that one id is two organizations."""
    pipeline.build(*snapshot(organization(name="Alpha")), *snapshot(organization(name=None), region="us"))
    with pipeline.open() as run:
        assert disputed(run) == []
    pipeline.build(*snapshot(organization(name="Beta"), region="us", at="2025-02-01"))
    with pipeline.open() as run:
        assert disputed(run) == [
            {"dispute": "Customer org-1 is called Alpha in region eu and Beta in region us"}
        ]


@pytest.mark.parametrize(
    ("eu", "us"),
    [
        pytest.param(
            organization("1", customer_id="7", customer_name="Alpha"),
            organization("1", customer_id="7", customer_name="Beta"),
            id="organizations and customers numbered by each region",
        ),
        pytest.param(
            organization("e1", customer_id="7", customer_name="Alpha"),
            organization("u1", customer_id="7", customer_name="Beta"),
            id="customers numbered by each region",
        ),
        pytest.param(
            organization("7", name="Alpha"),
            organization("7", name="Beta", customer_id="7"),
            id="its own customer, with and without its id",
        ),
        pytest.param(
            organization("7", customer_name="Alpha"),
            organization("7", name=None, customer_name="Beta"),
            id="no customer, and one name of a customer each",
        ),
        pytest.param(
            organization("e1", customer_id="7", customer_name="Alpha"),
            organization("7", name="Beta"),
            id="a customer and an organization of one id",
        ),
    ],
)
def test_regions_that_call_a_customer_differently_are_told(pipeline: Pipeline, eu: Row, us: Row) -> None:
    """Two customers of one id would be one, with one's name on the other's page: nothing is published before the names agree."""
    pipeline.build(
        *files_of(request(eu["organization_id"], region="eu"), request(us["organization_id"], region="us")),
        *snapshot(eu, organization("other")),
        *snapshot(us, region="us"),
    )
    with pipeline.open() as run:
        dispute = "Customer 7 is called Alpha in region eu and Beta in region us"
        assert disputed(run) == [{"dispute": dispute}]
        with pytest.raises(OrganizationsDisagree, match=dispute):
            edition_of(run.writer, 2025, sample=False, check_all=list)

    renamed = {"name": "Beta"} if eu["customer_name"] is None else {"customer_name": "Beta"}
    pipeline.build(*snapshot(eu | renamed, at="2025-02-01"))
    with pipeline.open() as run:
        assert disputed(run) == []


def test_a_customer_that_a_region_no_longer_names_contradicts_nobody(pipeline: Pipeline) -> None:
    """The last name that a region told of it, long ago, is no claim against the others'."""
    alpha, beta = (organization(customer_id="7", customer_name=name) for name in ("Alpha", "Beta"))
    pipeline.build(*snapshot(alpha), *snapshot(beta, region="us", at="2025-02-01"))
    with pipeline.open() as run:
        assert len(disputed(run)) == 1
    pipeline.build(*snapshot(organization("other"), at="2025-02-01"))
    with pipeline.open() as run:
        assert disputed(run) == []


def test_an_organization_without_a_visible_id_is_nobody(pipeline: Pipeline) -> None:
    """Its rows are in quarantine, with the reason; customers of fillers and blanks are none."""
    blank = ("", " ", "\u200b", "\u3164", "\u2800")
    own = [organization(id, customer_id=customer) for id, customer in zip("abcde", blank, strict=True)]
    pipeline.build(
        *files_of(*(request(id, id=f"r{number}") for number, id in enumerate((*blank, *"abcde")))),
        *snapshot(*own, organization(" ")),
    )
    with pipeline.open() as run:
        assert {id: told["requests"]["total"] for id, told in summaries(run).items()} == {
            id_of(id): 1 for id in "abcde"
        }
        reasons = {(entry.family, entry.reason, entry.rows) for entry in run.writer.quarantine(YEAR)}
        assert reasons == {
            ("pipe_stats", "organization_id is blank", 5),
            ("organizations", "organization_id is blank", 1),
        }
