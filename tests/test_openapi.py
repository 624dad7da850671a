"""The OpenAPI document, and what a machine that reads it sends: anything at all, and never an answer of 5xx but 503."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from openapi_spec_validator import validate

from tests.api_world import BY_DAY, ENDPOINTS, SUMMARY, World, customer, world
from tests.listening import listening
from wrapped_assets.serving.api.sandbox import Sandbox

pytestmark = pytest.mark.proof

with TemporaryDirectory() as folder, world(Path(folder)) as made:
    DOCUMENT = {**made.app.parts.operations.description}
schema = schemathesis.openapi.from_dict(DOCUMENT)
Served = tuple[World, str]
ANY_ENDPOINT = "/v0/pipes/{name}.{format}"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A world that listens, with little time for each q."""
    with (
        world(tmp_path_factory.mktemp("openapi"), more=[Sandbox(seconds=0.5)]) as made,
        listening(made) as url,
    ):
        yield made, url


def test_it_is_an_openapi_document() -> None:
    """By the standard's own schema."""
    validate(DOCUMENT)


def test_it_names_every_endpoint_in_every_format() -> None:
    """GET and POST."""
    for name in (SUMMARY, BY_DAY):
        for format in ("json", "csv", "ndjson", "parquet"):
            assert set(DOCUMENT["paths"][f"/v0/pipes/{name}.{format}"]) == {"get", "post"}


def test_it_names_every_way_in(tmp_path: Path) -> None:
    """Each route of the application with each of its methods, tokens and pages too, and no other."""
    with world(tmp_path) as made:
        there = {
            (method, route.path)
            for route in made.app.routes
            for method in (route.methods or set()) - {"HEAD"}
        }
    endpoints = {(method, ANY_ENDPOINT) for method in ("GET", "POST")}
    named = {
        (method.upper(), path)
        for path, operations in DOCUMENT["paths"].items()
        for method in operations
        if path.partition(".")[0] not in {f"/v0/pipes/{name}" for name in ENDPOINTS}
    }

    assert named | endpoints == {(method, pattern.replace(":path}", "}")) for method, pattern in there}


@schema.parametrize()
@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_whatever_is_sent_is_answered(case: schemathesis.Case, served: Served) -> None:
    """As the document says, with a token that fixes the customer and with one that does not."""
    made, url = served
    for token in (made.token(), made.token(wrapped_id=customer(1))):
        answer = case.call(base_url=url, headers={"Authorization": f"Bearer {token}"})
        if "x-request-id" not in answer.headers:
            continue  # no HTTP request at all: the server itself refused it
        assert answer.status_code < 500, answer.text
        assert str(answer.status_code) in case.operation.definition.raw[
            "responses"
        ] or answer.status_code in (404, 405)
        is_for_people = "text/html" in str(answer.headers.get("content-type"))
        if answer.status_code >= 400 and case.path != "/mcp" and not is_for_people:
            assert answer.json().keys() == {"error", "documentation"}
