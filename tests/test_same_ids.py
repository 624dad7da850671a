"""Two customers in the same two regions whose workspaces, pipes and data sources all have the same ids: neither sees anything of the other."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path

from tests import oracle
from tests.endpoint_oracle import Truth
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
from tests.pipeline import SECRET, Pipeline, differs_from_oracle
from wrapped_assets.landing.store import LandingStore
from wrapped_assets.products.usage import USAGE
from wrapped_assets.products.usage.document import PublishedSummary, document
from wrapped_assets.serving.api.endpoints import load_endpoints
from wrapped_assets.serving.cards.card_layout import SIZES, card, names
from wrapped_assets.serving.live.live import Live
from wrapped_assets.serving.pages.theme import default_theme
from wrapped_assets.serving.site import Site, Subject
from wrapped_assets.slides.glyphs import shared_fonts
from wrapped_assets.snapshot.from_warehouse import write_snapshot

# By customer: its only organization, the word that every name of its has, and how much more it does than the other.
CUSTOMERS = {
    "customer-of-juniper": ("organization-4711", "Juniper", 3),
    "customer-of-walnut": ("organization-4712", "Walnut", 2),
}
REGIONS = ("eu", "us")
WORKSPACES = ("1", "2", "prod")
YEAR = (date(2025, 1, 1), date(2026, 1, 1))
WORKSPACE_NAMES = {
    # us has no snapshot of its own workspace 'prod', and nobody names '2' of us.
    "Juniper": ["Juniper eu 1", "Juniper us 1", "Juniper eu 2", "Workspace 1", "Juniper eu prod", "other"],
    "Walnut": ["Walnut eu 1", "Walnut us 1", "Walnut eu 2", "Workspace 1", "Walnut eu prod", "other"],
}


def id_of(customer: str) -> str:
    """A customer's public id."""
    return oracle.wrapped_id(SECRET, customer)


def _events(org: str, word: str, times: int, region: str) -> Iterator[Row]:
    for place, name in enumerate(WORKSPACES):
        for number in range(times * (4 - place)):
            id, pipe = f"{org}-{region}-{name}-{number}", f"{word} {region} pipe"
            yield request(org, id=id, workspace_id=name, pipe_id="1", pipe_name=pipe, region=region)
        yield operation(org, id=f"{region}-{name}", workspace_id=name, datasource_id="1", region=region)
    yield reading(
        org, id="1", workspace_id="1", datasource_name=f"{word} {region} sizes", bytes=times, region=region
    )


def _names(region: str) -> Iterator[Row]:
    for customer, (org, word, _) in CUSTOMERS.items():
        yield organization(org, name=f"{word} Ltd", customer_id=customer, customer_name=f"{word} Group")
        for name in WORKSPACES if region == "eu" else ("1",):
            yield workspace(name, org, name=f"{word} {region} {name}")
        if region == "us":
            yield workspace("2", org, name=" ")


def built() -> list[LandingFile]:
    """What both customers did and are called, in both regions."""
    files = [
        file
        for region in REGIONS
        for org, word, times in CUSTOMERS.values()
        for file in files_of(*_events(org, word, times, region), name=f"{org}-{region}")
    ]
    return files + [
        file for region in REGIONS for file in files_of(*_names(region), name="names", region=region)
    ]


def late() -> list[LandingFile]:
    """One request more of each in a region where neither was, and a newer name for one of them."""
    events = [
        request(org, "2025-03-02T10:00", f"late-{org}", workspace_id="1", pipe_id="1", region="ap")
        for org, _, _ in CUSTOMERS.values()
    ]
    renamed = workspace("1", "organization-4711", name="Juniper us one", exported_at="2025-06-01T00:00:00")
    return files_of(*events, name="late") + files_of(renamed, name="renamed", region="us")


def told(live: Live, customer: str) -> dict[str, list[dict[str, object]]]:
    """What every endpoint answers about a customer, as JSON has it."""
    answers = {}
    for name, endpoint in load_endpoints().items():
        answer = live.run(endpoint, {"wrapped_id": id_of(customer)})
        columns = [column for column, _ in answer.columns]
        answers[name] = json.loads(
            json.dumps([dict(zip(columns, row, strict=True)) for row in answer.rows], default=str)
        )
    return answers


def shown(summary: PublishedSummary, name: str) -> str:
    """All that pages and cards say of a document."""
    story, site = USAGE.tell(summary, name), Site()
    cards = [
        asdict(card(story, each, size, default_theme(), shared_fonts()))
        for each in names(story)
        for size in SIZES
    ]
    pages = [
        bytes(site.answer(f"/wrapped/key{rest}", Subject(summary, name), {}).body).decode()
        for rest in ("", "/story.json")
    ]
    return "\n".join(
        [summary.to_json().decode(), *pages, *(f"{each['svg']} {each['alt']}" for each in cards)]
    )


def of_nobody_else(text: str, customer: str) -> bool:
    """Whether a text has this customer's names, nothing of the other and no internal id."""
    others = [word for other, (_, word, _) in CUSTOMERS.items() if other != customer]
    internal = [id for other, (org, _, _) in CUSTOMERS.items() for id in (other, org)]
    return CUSTOMERS[customer][1] in text and not any(each in text for each in (*others, *internal))


def test_customers_with_the_same_ids_see_nothing_of_each_other(pipeline: Pipeline, tmp_path: Path) -> None:
    """Documents, pages, cards, story.json and each endpoint, before and after newer files landed."""
    pipeline.build(*built())
    with pipeline.open() as run:
        assert differs_from_oracle(run, built()) == {}
        edition = run.writer.edition(2025)
        assert edition is not None
        for facts in run.writer.facts(2025):
            (customer,) = (each for each in CUSTOMERS if id_of(each) == facts["wrapped_id"])
            word, summary = CUSTOMERS[customer][1], document(facts, edition).published()
            assert [entry.name for entry in summary.top_workspaces] == WORKSPACE_NAMES[word]
            assert of_nobody_else(shown(summary, f"{word} Group"), customer)
        write_snapshot(run.writer, tmp_path / "2025.duckdb", 2025)

    store = LandingStore.open(f"file://{pipeline.landing}")
    with Live.open(tmp_path / "2025.duckdb", store, SECRET) as live:
        _agree(live, built())
        pipeline.land(*late())
        live.follow()
        _agree(live, [*built(), *late()])
        names_now = [row["name"] for row in told(live, "customer-of-juniper")["wrapped_top_workspaces"]]
        # In ap nobody names a workspace '1': the organization's newest name for it is that of us.
        assert names_now == [
            *(
                "Juniper eu 1",
                "Juniper us one",
                "Juniper eu 2",
                "Workspace 1",
                "Juniper eu prod",
                "Juniper eu prod",
            ),
            "Juniper us one",
        ]


def _agree(live: Live, files: list[LandingFile]) -> None:
    """Every endpoint says what the oracle says, and that is of nobody else."""
    truth = Truth(files, SECRET)
    for customer in CUSTOMERS:
        answers = told(live, customer)
        assert of_nobody_else(json.dumps(answers), customer)
        for name, rows in answers.items():
            assert rows == truth.rows(name, [id_of(customer)], *YEAR, limit=10), name
