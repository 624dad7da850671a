"""Two customers never see each other: whatever a caller sends, a token answers for the customers that are fixed in it."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api_world import BY_DAY, SUMMARY, World, customer, world

MINE, THEIRS = customer(1), customer(2)
MY_TOTAL = 1001

# Names that a reader may take for the fixed one: other cases, spaces, encodings, Turkish and full-width letters, lists, paths.
NAMES = [
    "wrapped_id",
    "WRAPPED_ID",
    "Wrapped_Id",
    "wrapped_ID",
    " wrapped_id",
    "wrapped_id ",
    "wrapped_id[]",
    "wrapped_id[0]",
    "wrapped.id",
    "wrapped-id",
    "wrapped_ıd",
    "ｗｒａｐｐｅｄ＿ｉｄ",
    "wrapped_id\t",
    "$wrapped_id",
    "parameters[wrapped_id]",
    "fixed_params",
]
VALUES = [
    THEIRS,
    f"{MINE},{THEIRS}",
    f"{THEIRS},{MINE}",
    "",
    "%",
    "*",
    f"{MINE}' or 1=1 --",
    f"{MINE}') union all select * from wrapped_organizations --",
    f"{{wrapped_id:{THEIRS}}}",
    THEIRS.upper(),
    json.dumps([THEIRS]),
]
QS = [
    "select * from _",
    "select total_requests from _ union all select 2002",
    "select sum(total_requests) as total_requests from _",
]


@pytest.fixture
def made(tmp_path: Path) -> Iterator[World]:
    """A world."""
    with world(tmp_path) as found:
        yield found


async def _send(made: World, method: str, url: str, **request: Any) -> httpx.Response:
    transport = httpx.ASGITransport(made.app)
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as client:
            return await client.request(method, url, **request)
    finally:
        # The next answer has an event loop of its own, which cannot speak with this one's processes.
        for close in made.app.parts.additions.closing:
            await close()


def send(made: World, method: str, url: str, **request: Any) -> httpx.Response:
    """One answer."""
    return asyncio.run(_send(made, method, url, **request))


pairs = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(VALUES)), max_size=4)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(in_url=pairs, in_body=pairs, kind=st.sampled_from(["get", "form", "json"]), bearer=st.booleans())
def test_a_fixed_parameter_beats_every_other_way_to_say_it(
    made: World, in_url: list[tuple[str, str]], in_body: list[tuple[str, str]], kind: str, bearer: bool
) -> None:
    """In the URL, a form or JSON, in any case or spelling, once or several times: the answer is the customer's own.

    JSON that says a thing twice says nothing certain, and is refused.
    """
    token = made.token(SUMMARY, wrapped_id=MINE)
    headers = {"Authorization": f"Bearer {token}"} if bearer else {}
    query = urlencode(in_url if bearer else [*in_url, ("token", token)])
    request: dict[str, Any] = {}
    if kind == "form":
        request["content"] = urlencode(in_body)
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    elif kind == "json":
        request["content"] = "{" + ",".join(f"{json.dumps(n)}:{json.dumps(v)}" for n, v in in_body) + "}"
        headers["Content-Type"] = "application/json"
    method = "GET" if kind == "get" else "POST"
    answer = send(made, method, f"/v0/pipes/{SUMMARY}.json?{query}", headers=headers, **request)

    if kind == "json" and len(dict(in_body)) < len(in_body):
        assert answer.status_code == 400 and "a key occurs twice" in answer.text
        return
    assert answer.status_code == 200, answer.text
    assert [row["total_requests"] for row in answer.json()["data"]] == [MY_TOTAL]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    fixed=st.lists(st.integers(1, 5), min_size=1, max_size=3, unique=True),
    asked=st.lists(st.integers(1, 5), min_size=1, max_size=3),
    pipe=st.sampled_from([SUMMARY, BY_DAY]),
    format=st.sampled_from(["json", "csv", "ndjson"]),
)
def test_random_tokens_answer_for_their_own_customers_alone(
    made: World, fixed: list[int], asked: list[int], pipe: str, format: str
) -> None:
    """The answer to any request is the one that the token's own customers get when nothing is asked."""
    token = made.token(pipe, wrapped_id=",".join(map(customer, fixed)))
    url = f"/v0/pipes/{pipe}.{format}?token={token}"
    wanted = send(made, "GET", url)
    seen = send(made, "GET", f"{url}&wrapped_id={','.join(map(customer, asked))}")

    assert _rows(seen, format) == _rows(wanted, format)
    total = sum(1000 * number + 1 for number in fixed)
    assert str(total) in wanted.text


def _rows(answer: httpx.Response, format: str) -> Any:
    assert answer.status_code == 200
    return answer.json()["data"] if format == "json" else answer.text


@pytest.mark.parametrize("q", QS)
def test_a_q_sees_the_answer_and_nothing_else(made: World, q: str) -> None:
    """What it can reach are the customer's own rows and what the caller wrote."""
    token = made.token(SUMMARY, wrapped_id=MINE)
    answer = send(
        made, "GET", f"/v0/pipes/{SUMMARY}.json", params={"token": token, "wrapped_id": THEIRS, "q": q}
    )

    assert answer.json()["data"][0]["total_requests"] == MY_TOTAL


@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside one that it knows"])
def test_a_restriction_that_the_endpoint_does_not_know_refuses(made: World, beside: bool) -> None:
    """A misspelt one would restrict nothing, so nothing is answered."""
    restricted = made.token(SUMMARY, wrapped_ids=MINE)
    token = made.token(SUMMARY, wrapped_ids=MINE, year="2025") if beside else restricted
    answer = send(made, "GET", f"/v0/pipes/{SUMMARY}.json?token={token}&wrapped_id={THEIRS}")

    assert answer.status_code == 403


@pytest.mark.parametrize("pipe", [SUMMARY, BY_DAY])
@pytest.mark.parametrize(
    "name", ["wrapped_id", "year", "start_date", "limit", "q", "output_format_json_quote_64bit_integers"]
)
@pytest.mark.parametrize(
    "value",
    [
        "' or '1'='1",
        "'; drop table x; --",
        "1; select 1",
        "$1",
        "{wrapped_id:String}",
        "%27%20OR%201=1",
        "../../etc/passwd",
        "read_text('/etc/passwd')",
        "(select current_setting('temp_directory'))",
        "select * from read_csv('/etc/passwd')",
        "copy _ to '/tmp/x'",
        "attach '/tmp/x' as x",
        "install httpfs",
        "pragma database_list",
    ],
)
def test_sql_in_a_parameter_is_a_value_or_refused(made: World, pipe: str, name: str, value: str) -> None:
    """Never run, never an error of ours, never more rows than the token's customer has."""
    token = made.token(pipe, wrapped_id=MINE)
    answer = send(made, "GET", f"/v0/pipes/{pipe}.json", params={"token": token, name: value})

    assert answer.status_code in (200, 400), answer.text
    assert "root:" not in answer.text
    if answer.status_code == 200:
        key = "total_requests" if pipe == SUMMARY else "requests"
        assert answer.json()["data"][0][key] == MY_TOTAL
