"""Clients that other people wrote for such an API, from PyPI and npm, against ours."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.api_world import BY_DAY, SUMMARY, World, customer, world
from tests.listening import listening
from tests.npm_packages import NotToBeHad, packages

pytestmark = pytest.mark.proof

verdin = pytest.importorskip("verdin.client", reason="verdin is not installed: `make test` installs it")

from verdin.api import ApiError  # noqa: E402
from verdin.api.pipes import PipeNotFoundError  # noqa: E402
from verdin.pipe import PipeError  # noqa: E402

Served = tuple[World, str]
ONE, TWO = customer(1), customer(2)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A world that listens."""
    with world(tmp_path_factory.mktemp("clients")) as made, listening(made) as url:
        yield made, url


class TestVerdin:
    """https://pypi.org/project/verdin, on requests."""

    def test_it_reads_rows_and_their_types(self, served: Served) -> None:
        """By GET."""
        made, url = served
        answer = verdin.Client(made.token(), url).pipe(BY_DAY).query({"wrapped_id": ONE, "limit": "2"})

        assert answer.meta == [("day", "Date"), ("requests", "UInt64")]
        assert answer.data == [
            {"day": "2025-01-01", "requests": 1001},
            {"day": "2025-01-02", "requests": 1002},
        ]

    def test_it_posts_what_is_long(self, served: Served) -> None:
        """11 kB of customers are a form."""
        made, url = served
        ids = ",".join(customer(number) for number in range(300))
        answer = verdin.Client(made.token(), url).pipe(SUMMARY).query({"wrapped_id": ids})

        assert [row["total_requests"] for row in answer.data] == [15_005]

    def test_it_asks_sql_over_the_result(self, served: Served) -> None:
        """With `_` as its table."""
        made, url = served
        pipe = verdin.Client(made.token(wrapped_id=ONE), url).pipe(BY_DAY)

        assert pipe.sql("select count() as days, max(requests) as most from _").data == [
            {"days": 366, "most": 1366}
        ]

    def test_it_pages_by_sql(self, served: Served) -> None:
        """LIMIT and OFFSET until nothing comes."""
        made, url = served
        pages = list(verdin.Client(made.token(wrapped_id=ONE), url).pipe(BY_DAY).pages(page_size=100))

        assert [len(page.data) for page in pages] == [100, 100, 100, 66]
        assert pages[3].data[-1] == {"day": "2026-01-01", "requests": 1366}

    @pytest.mark.parametrize("format", ["json", "csv", "ndjson"])
    def test_it_reads_every_format(self, served: Served, format: Any) -> None:
        """The same rows."""
        made, url = served
        api = verdin.Client(made.token(), url).api.pipes
        rows = api.query(BY_DAY, parameters={"wrapped_id": ONE, "limit": "2"}, format=format).data

        assert [str(row["requests"]) for row in rows] == ["1001", "1002"]

    def test_it_lists_pipes_and_tokens(self, served: Served) -> None:
        """What there is, by name."""
        made, url = served
        made.token(name="shown")
        api = verdin.Client(made.admin(), url).api

        assert {pipe["name"] for pipe in api.pipes.list().pipes} == {SUMMARY, BY_DAY}
        assert api.pipes.get_information(BY_DAY).info["name"] == BY_DAY
        assert "shown" in {token["name"] for token in api.tokens.list().tokens}

    def test_it_understands_refusals(self, served: Served) -> None:
        """Each as its own exception, with our sentence."""
        made, url = served
        with pytest.raises(PipeNotFoundError):
            verdin.Client(made.token(), url).api.pipes.query("nothing")
        with pytest.raises(ApiError):
            verdin.Client("x", url).api.pipes.list()
        with pytest.raises(PipeError, match="The parameter 'wrapped_id' of type String is required"):
            verdin.Client(made.token(), url).pipe(SUMMARY).query({})


@pytest.fixture(scope="module")
def node_modules() -> Path:
    """The clients from npm; where npm is missing these tests are skipped, but never in CI."""
    try:
        return packages("@chronark/zod-bird@1.0.0", "@tinybirdco/sdk@0.0.84", "zod@4.6.7")
    except NotToBeHad as why:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(why))


@pytest.fixture(scope="module")
def told(served: Served, node_modules: Path) -> dict[str, Any]:
    """What they were answered."""
    made, url = served
    script = node_modules / "ask.mjs"
    shutil.copy(Path(__file__).parent / "clients" / "ask.mjs", script)
    arguments = {
        "url": url,
        "token": made.token(),
        "other": made.token(wrapped_id=ONE),
        "admin": made.admin(),
        "mine": ONE,
        "theirs": TWO,
    }
    command = ["node", str(script), json.dumps(arguments)]
    done = subprocess.run(command, cwd=node_modules, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


class TestNpm:
    """https://www.npmjs.com/package/@chronark/zod-bird and https://www.npmjs.com/package/@tinybirdco/sdk."""

    def test_zod_bird_validates_the_envelope(self, told: dict[str, Any]) -> None:
        """Meta, rows, statistics and each row by its schema."""
        assert told["zodBird"]["data"] == [
            {"day": "2025-01-01", "requests": 1001},
            {"day": "2025-01-02", "requests": 1002},
        ]
        assert told["zodBird"]["rows"] == 2 and told["zodBird"]["statistics"]["rows_read"] == 10

    def test_zod_bird_passes_our_sentence_on(self, told: dict[str, Any]) -> None:
        """For 400; for 403 it has its own."""
        assert told["zodBirdRefused"].startswith(
            "The parameter 'limit' of type Int32 has a value of another type"
        )
        assert told["zodBirdForbidden"] == "Unauthorized"

    def test_the_sdk_reads_rows(self, told: dict[str, Any]) -> None:
        """Of one customer, and of a list that it sends as a repeated parameter."""
        assert told["sdk"]["data"][0]["total_requests"] == 1001
        assert told["sdkList"]["data"][0]["total_requests"] == 3002

    def test_a_fixed_parameter_beats_the_sdk(self, told: dict[str, Any]) -> None:
        """Whoever is asked for."""
        assert told["sdkFixed"]["data"][0]["total_requests"] == 1001

    def test_the_sdk_creates_a_jwt_that_answers_for_one_customer(self, told: dict[str, Any]) -> None:
        """By its own call, for a browser: whoever is asked for."""
        assert told["sdkOwnToken"]["data"][0]["total_requests"] == 1001

    def test_the_sdk_passes_our_sentence_on(self, told: dict[str, Any]) -> None:
        """With the status."""
        assert told["sdkMissing"] == {"message": "The pipe 'nothing' does not exist", "status": 404}
