"""The endpoints as tools, asked by MCP's own client over HTTP, in the protocol's old and new manner."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import httpx
import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from tests.api_world import BY_DAY, SUMMARY, Live, World, customer, world
from tests.listening import listening
from wrapped_assets.serving.api.answers import Answer
from wrapped_assets.serving.http.problems import UNFORESEEN

Served = tuple[World, str]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A world that listens."""
    with world(tmp_path_factory.mktemp("mcp")) as made, listening(made) as url:
        yield made, url


def talk(
    url: str, token: str, work: Callable[[Client], Coroutine[Any, Any, Any]], mode: str = "legacy"
) -> Any:
    """What came of a conversation."""

    async def conversation() -> Any:
        async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"}) as http:
            transport = streamable_http_client(f"{url}/mcp", http_client=http)
            async with Client(transport, mode=mode) as client:
                return await work(client)

    return asyncio.run(conversation())


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_tools_are_the_endpoints_that_the_token_may_read(served: Served, mode: str) -> None:
    """With the parameters that are left to the caller, their types and what they mean."""
    made, url = served
    token = made.token(BY_DAY, wrapped_id=customer(1))
    (tool,) = talk(url, token, lambda client: client.list_tools(), mode).tools

    assert (tool.name, tool.description) == (BY_DAY, "A year by day.")
    assert list(tool.input_schema["properties"]) == ["start_date", "limit"]
    assert tool.input_schema["properties"]["start_date"]["format"] == "date"
    assert tool.annotations.read_only_hint


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_a_call_answers_as_the_endpoint_does(served: Served, mode: str) -> None:
    """The same envelope, as text and as an object; fixed parameters beat the arguments."""
    made, url = served
    token = made.token(wrapped_id=customer(1))
    arguments = {"limit": 2, "start_date": "2025-06-01", "wrapped_id": customer(2), "WRAPPED_ID": customer(2)}
    told = talk(url, token, lambda client: client.call_tool(BY_DAY, arguments), mode)
    plain = httpx.get(f"{url}/v0/pipes/{BY_DAY}.json?limit=2&start_date=2025-06-01&token={token}").json()

    assert not told.is_error
    assert (
        told.structured_content["data"]
        == plain["data"]
        == [
            {"day": "2025-06-01", "requests": 1001},
            {"day": "2025-06-02", "requests": 1002},
        ]
    )
    assert json.loads(told.content[0].text)["meta"] == plain["meta"]


@pytest.mark.parametrize(
    ("name", "arguments", "sentence"),
    [
        (
            BY_DAY,
            {"limit": "x"},
            "The parameter 'limit' of type Int32 has a value of another type, expected a whole number of 32 bits.",
        ),
        (BY_DAY, {"limit": {"a": 1}}, "The parameter 'limit' in the JSON body must be text"),
        (SUMMARY, {}, f"The token does not allow reading the pipe '{SUMMARY}'"),
        ("nothing", {}, "The pipe 'nothing' does not exist"),
    ],
)
def test_a_wrong_call_is_told_what_is_wrong(
    served: Served, name: str, arguments: dict[str, Any], sentence: str
) -> None:
    """As a result that a model can read and mend."""
    made, url = served
    token = made.token(BY_DAY, wrapped_id=customer(1))
    told = talk(url, token, lambda client: client.call_tool(name, arguments))

    assert told.is_error and told.content[0].text.startswith(sentence)


def test_a_tool_says_what_is_assumed(served: Served) -> None:
    """A model that leaves a parameter out knows what it gets."""
    made, url = served
    listed = talk(url, made.token(), lambda client: client.list_tools())
    (by_day,) = [each for each in listed.tools if each.name == BY_DAY]

    assert by_day.input_schema["properties"]["limit"]["default"] == 366
    assert by_day.input_schema["properties"]["start_date"]["description"].endswith(
        "Default: start of the year."
    )


def test_a_body_of_no_type_is_refused_as_everywhere(served: Served) -> None:
    """With an error and where to read on, not with a bare line."""
    made, url = served
    answer = httpx.post(f"{url}/mcp", headers={"Authorization": f"Bearer {made.token()}"})

    assert answer.status_code == 400
    assert answer.json().keys() == {"error", "documentation"} and "Content-Type" in answer.json()["error"]


def initialize(url: str, token: str | None) -> httpx.Response:
    """The first message of a conversation."""
    message = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"},
        },
    }
    headers = {"Accept": "application/json, text/event-stream"}
    params = {"token": token} if token else {}
    return httpx.post(f"{url}/mcp", json=message, headers=headers, params=params)


def test_tokens_and_limits_are_those_of_the_endpoints(served: Served) -> None:
    """403 without one, 200 with one in the URL too, 429 when it asks too often."""
    made, url = served
    eager = made.token(name="eager model", rps=1)

    assert initialize(url, None).status_code == 403
    assert initialize(url, "x").json().keys() == {"error", "documentation"}
    assert initialize(url, made.token()).json()["result"]["serverInfo"]["name"] == "wrapped"
    assert [initialize(url, eager).status_code for _ in range(2)] == [200, 429]


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_a_tool_that_fails_says_nothing_of_the_engine(
    served: Served, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    """No path, no table, no statement: the caller is told that something went wrong; the operator's log names class and place."""
    made, url = served
    said = "IO Error: cannot open /srv/wrapped/serving.duckdb: select organization_id from history.parts"

    def fail(self: Live, *_: object) -> Answer:
        raise RuntimeError(said)

    monkeypatch.setattr(Live, "run", fail)
    arguments = {"wrapped_id": customer(1)}
    answer = talk(url, made.token(), lambda client: client.call_tool(SUMMARY, arguments), mode)

    assert answer.is_error and [part.text for part in answer.content] == [UNFORESEEN]
    told = answer.model_dump_json()
    assert not [
        word
        for word in ("IO Error", "srv", "duckdb", "select", "history", "Runtime", "Traceback")
        if word in told
    ]


def test_other_methods_are_refused(served: Served) -> None:
    """There are no sessions and no streams to listen to."""
    made, url = served
    answer = httpx.get(f"{url}/mcp?token={made.token()}")

    assert (answer.status_code, answer.headers["allow"]) == (405, "OPTIONS, POST")


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b'{"jsonrpc": "2.0"}', b"\xff" * 100, b"[" * 50_000]
)
def test_nonsense_is_refused_and_never_a_defect(served: Served, content: bytes) -> None:
    """With 4xx."""
    made, url = served
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    answer = httpx.post(f"{url}/mcp?token={made.token()}", content=content, headers=headers)

    assert 400 <= answer.status_code < 500, answer.text


def test_the_library_is_imported_when_somebody_asks() -> None:
    """A worker that nobody asks so does not carry it."""
    code = (
        "import sys, wrapped_assets.serving.assemble;"
        "print([name for name in ('mcp', 'dagster', 'boto3') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
