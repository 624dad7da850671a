"""Endpoints over HTTP: the envelope, the formats, where parameters may stand, and what is said when something is wrong."""

import csv
import io
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import httpx
import pyarrow.parquet as pq
import pytest

from tests.api_world import BY_DAY, DOCUMENTATION, SUMMARY, YEAR, World, customer, version, world
from wrapped_assets.serving.api.endpoints import load_endpoints
from wrapped_assets.serving.pipes import described

pytestmark = pytest.mark.anyio

TOTAL = f"/v0/pipes/{SUMMARY}"
DAYS = f"/v0/pipes/{BY_DAY}"
ONE = customer(1)


@pytest.fixture
def anyio_backend() -> str:
    """The loop that the server uses."""
    return "asyncio"


@pytest.fixture
async def asked(tmp_path: Path) -> AsyncIterator[tuple[World, httpx.AsyncClient]]:
    """A world and a client of it."""
    with world(tmp_path) as made:
        async with made.client() as client:
            yield made, client


Asked = tuple[World, httpx.AsyncClient]


async def get(asked: Asked, path: str, token: str | None = None, **params: Any) -> httpx.Response:
    """An answer, asked for with a token in the header."""
    made, client = asked
    headers = {"Authorization": f"Bearer {token or made.token()}"}
    return await client.get(path, params=params, headers=headers)


async def test_an_edition_with_pages_only_is_told_from_one_that_is_not_there(asked: Asked) -> None:
    """No endpoint says anything about it, whether the year is named or not; the other years answer."""
    made, _ = asked
    made.published.promoted[YEAR] = replace(version(2), has_snapshot=False)
    made.shelf.look()

    named: list[dict[str, Any]] = [{}, {"year": YEAR}]
    for params in named:
        told = await get(asked, f"{TOTAL}.json", wrapped_id=ONE, **params)
        assert told.status_code == 404
        assert told.json()["error"] == "The edition of 2025 has pages only, no endpoint answers about it"
    assert (await get(asked, f"{TOTAL}.json", wrapped_id=ONE, year=2019)).status_code == 400


class TestEnvelope:
    """The JSON answer."""

    async def test_it_says_what_the_columns_are_and_what_they_cost(self, asked: Asked) -> None:
        """Clients read meta, data, rows, rows_before_limit_at_least and statistics."""
        told = (await get(asked, f"{DAYS}.json", wrapped_id=ONE, limit=2)).json()

        assert list(told) == ["meta", "data", "rows", "rows_before_limit_at_least", "statistics"]
        assert told["meta"] == [{"name": "day", "type": "Date"}, {"name": "requests", "type": "UInt64"}]
        assert told["data"] == [
            {"day": "2025-01-01", "requests": 1001},
            {"day": "2025-01-02", "requests": 1002},
        ]
        assert (told["rows"], told["rows_before_limit_at_least"]) == (2, 2)
        assert told["statistics"]["rows_read"] == 10 and told["statistics"]["bytes_read"] == 400
        assert 0 < told["statistics"]["elapsed"] < 10

    async def test_integers_are_exact_at_every_width(self, asked: Asked) -> None:
        """2^63 and 2^100 arrive digit by digit, in a list too."""
        (row,) = (await get(asked, f"{TOTAL}.json", wrapped_id=ONE)).json()["data"]

        assert row["total_bytes_read"] == 2**100 + 1001
        assert row["top_event_types"] == [{"name": "append", "bytes": 2**63 + 1001}]

    async def test_64_bit_integers_are_quoted_on_demand(self, asked: Asked) -> None:
        """JavaScript's numbers end at 2^53."""
        answer = await get(
            asked, f"{TOTAL}.json", wrapped_id=ONE, output_format_json_quote_64bit_integers="1"
        )
        (row,) = answer.json()["data"]

        assert row["total_requests"] == "1001"
        assert row["total_bytes_read"] == str(2**100 + 1001)
        assert row["top_event_types"] == [{"name": "append", "bytes": str(2**63 + 1001)}]
        assert row["error_rate"] == 0.25

    async def test_nothing_is_null_and_text_is_as_it_was(self, asked: Asked) -> None:
        """A customer nobody knows has zeros and nulls; quotes, line feeds and snowmen arrive."""
        (row,) = (await get(asked, f"{TOTAL}.json", wrapped_id=customer(99))).json()["data"]

        assert (row["total_requests"], row["peak_date"], row["error_rate"]) == (0, None, None)
        assert row["company"] == 'a,"b"\n☃'


class TestFormats:
    """The same rows in other clothes."""

    async def test_csv_has_names_quotes_and_nulls(self, asked: Asked) -> None:
        """A spreadsheet reads it back."""
        answer = await get(asked, f"{TOTAL}.csv", wrapped_id=customer(99))
        names, row = csv.reader(io.StringIO(answer.text))

        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert names[:3] == ["total_requests", "total_bytes_read", "peak_date"]
        assert row[:5] == ["0", str(2**100), "\\N", "\\N", 'a,"b"\n☃']
        assert json.loads(row[5]) == [{"name": "append", "bytes": 2**63}]

    async def test_ndjson_is_an_object_a_line(self, asked: Asked) -> None:
        """A log reader takes them one by one."""
        answer = await get(asked, f"{DAYS}.ndjson", wrapped_id=ONE, limit=3)

        assert answer.headers["content-type"] == "application/x-ndjson"
        rows = [json.loads(line) for line in answer.text.splitlines()]
        assert [row["requests"] for row in rows] == [1001, 1002, 1003]

    async def test_parquet_keeps_types(self, asked: Asked) -> None:
        """Dates are dates, wide integers exact, lists lists."""
        answer = await get(asked, f"{TOTAL}.parquet", wrapped_id=ONE)
        (row,) = pq.read_table(io.BytesIO(answer.content)).to_pylist()

        assert row["total_requests"] == 1001
        assert int(row["total_bytes_read"]) == 2**100 + 1001
        assert row["peak_date"] == date(2025, 3, 1)
        assert row["top_event_types"] == [{"name": "append", "bytes": 2**63 + 1001}]

    async def test_parquet_of_a_q_keeps_types_too(self, asked: Asked) -> None:
        """What comes out of the sandbox as text is a date again."""
        answer = await get(
            asked, f"{TOTAL}.parquet", wrapped_id=ONE, q="select peak_date, total_bytes_read from _"
        )
        (row,) = pq.read_table(io.BytesIO(answer.content)).to_pylist()

        assert row["peak_date"] == date(2025, 3, 1) and int(row["total_bytes_read"]) == 2**100 + 1001

    async def test_another_format_is_not_there(self, asked: Asked) -> None:
        """It says which there are."""
        answer = await get(asked, f"{TOTAL}.xml", wrapped_id=ONE)

        assert answer.status_code == 404
        assert answer.json()["error"] == "There is no such format; there are json, csv, ndjson, parquet"


class TestParameters:
    """Where they may stand, and what they may be."""

    async def test_token_in_the_url_or_in_the_header(self, asked: Asked) -> None:
        """Both are usual."""
        made, client = asked
        in_url = await client.get(f"{TOTAL}.json", params={"wrapped_id": ONE, "token": made.token()})

        assert in_url.status_code == (await get(asked, f"{TOTAL}.json", wrapped_id=ONE)).status_code == 200

    @pytest.mark.parametrize("kind", ["form", "json"])
    async def test_a_long_list_fits_a_body(self, asked: Asked, kind: str) -> None:
        """300 customers, 11 kB, together give one row."""
        made, client = asked
        ids = ",".join(customer(number) for number in range(300))
        body: dict[str, Any] = (
            {"data": {"wrapped_id": ids}} if kind == "form" else {"json": {"wrapped_id": ids}}
        )
        answer = await client.post(
            f"{TOTAL}.json", headers={"Authorization": f"Bearer {made.token()}"}, **body
        )

        assert len(ids) > 11_000
        assert [row["total_requests"] for row in answer.json()["data"]] == [15_005]

    async def test_a_json_list_is_a_comma_separated_one(self, asked: Asked) -> None:
        """As is a number a text."""
        made, client = asked
        body = {"wrapped_id": [customer(1), customer(2)], "limit": 1, "start_date": None}
        answer = await client.post(f"{DAYS}.json?token={made.token()}", json=body)

        assert answer.json()["data"] == [{"day": "2025-01-01", "requests": 3002}]

    async def test_unknown_parameters_are_ignored(self, asked: Asked) -> None:
        """Clients add their own."""
        answer = await get(
            asked,
            f"{DAYS}.json",
            wrapped_id=ONE,
            limit=1,
            cli_version="5",
            __tb__client="x",
            **{"from": "ui"},
        )

        assert answer.status_code == 200 and answer.json()["rows"] == 1

    @pytest.mark.parametrize(
        ("params", "sentence"),
        [
            ({}, "The parameter 'wrapped_id' of type String is required."),
            *(
                (
                    {"wrapped_id": ONE, "start_date": day},
                    "The parameter 'start_date' of type Date has a value of another type, expected a day such as 2025-01-31.",
                )
                for day in ("2025-1-1", "2025-02-30", "20250101", "x", "")
            ),
            *(
                (
                    {"wrapped_id": ONE, "limit": number},
                    "The parameter 'limit' of type Int32 has a value of another type, expected a whole number of 32 bits.",
                )
                for number in ("-", "2147483648", "1e3", "1.0", "x", "", "1 ", "9" * 5000)
            ),
        ],
    )
    async def test_a_wrong_parameter_is_named_with_its_type(
        self, asked: Asked, params: dict[str, str], sentence: str
    ) -> None:
        """And never repeated: it could be a token in the wrong place."""
        answer = await get(asked, f"{DAYS}.json", **params)

        assert answer.status_code == 400
        assert answer.json() == {"error": sentence, "documentation": DOCUMENTATION}

    @pytest.mark.parametrize("year", ["2019", "99999999999", "x"])
    async def test_a_year_that_is_not_published_is_refused(self, asked: Asked, year: str) -> None:
        """Not answered from another one."""
        answer = await get(asked, f"{TOTAL}.json", wrapped_id=ONE, year=year)

        assert answer.status_code == 400 and "'year'" in answer.json()["error"]

    @pytest.mark.parametrize(
        ("body", "kind"),
        [
            (b"{", "application/json"),
            (b"[1]", "application/json"),
            (b'{"wrapped_id": "a", "wrapped_id": "b"}', "application/json"),
            (b'{"limit": NaN}', "application/json"),
            (b'{"wrapped_id": {"a": 1}}', "application/json"),
            (b'{"wrapped_id": "\\ud800"}', "application/json"),
            (b'{"wrapped_id": "\\u0000"}', "application/json"),
            (b"[" * 100_000, "application/json"),
            (b"wrapped_id=%ff", "application/x-www-form-urlencoded"),
            (b"a=1&" * 500, "application/x-www-form-urlencoded"),
            (b"x", "multipart/form-data; boundary=x"),
        ],
    )
    async def test_a_body_that_cannot_be_read_is_refused(self, asked: Asked, body: bytes, kind: str) -> None:
        """With 400, never 500."""
        made, client = asked
        headers = {"Authorization": f"Bearer {made.token()}", "Content-Type": kind}

        assert (await client.post(f"{TOTAL}.json", content=body, headers=headers)).status_code == 400

    @pytest.mark.parametrize("kind", [{}, {"Content-Type": "text/plain;charset=UTF-8"}])
    async def test_a_json_body_needs_no_type(self, asked: Asked, kind: dict[str, str]) -> None:
        """As a browser's fetch and many clients send it, to pipes and tokens; what is no object is refused as before."""
        made, client = asked
        headers = {"Authorization": f"Bearer {made.admin()}", **kind}
        body = b' {"wrapped_id": "%s"}' % ONE.encode()
        told = await client.post(f"{TOTAL}.json", content=body, headers=headers)
        new = await client.post(
            "/v0/tokens", content=b'{"name": "n", "scopes": [{"type": "ADMIN"}]}', headers=headers
        )
        plain = await client.post(f"{TOTAL}.json", content=b"wrapped_id=x", headers=headers)

        assert told.json()["data"][0]["total_requests"] == 1001
        assert (new.json()["name"], plain.status_code) == ("n", 400)

    async def test_a_body_that_is_too_large_is_refused(self, asked: Asked) -> None:
        """With 413, whether it announces its size or not."""
        made, client = asked

        async def pieces() -> AsyncIterator[bytes]:
            for _ in range(20):
                yield b"a" * 100_000

        for content in (b"a" * 2_000_000, pieces()):
            answer = await client.post(f"{TOTAL}.json?token={made.token()}", content=content)
            assert answer.status_code == 413


class TestRefusals:
    """What else can be wrong."""

    async def test_a_pipe_that_does_not_exist(self, asked: Asked) -> None:
        """By its name."""
        answer = await get(asked, "/v0/pipes/x.json")

        assert (answer.status_code, answer.json()["error"]) == (404, "The pipe 'x' does not exist")

    async def test_a_token_for_another_pipe(self, asked: Asked) -> None:
        """403, for the rows and for the description."""
        token = asked[0].token(BY_DAY)

        assert (await get(asked, f"{TOTAL}.json", token, wrapped_id=ONE)).status_code == 403
        assert (await get(asked, TOTAL, token)).status_code == 403

    @pytest.mark.parametrize("token", ["x", "a.b.c", "wr_x", "ey" * 9000, "\x80\xff"])
    async def test_a_token_that_is_none(self, asked: Asked, token: str) -> None:
        """403, and it is not repeated."""
        _, client = asked
        answer = await client.get(
            f"{TOTAL}.json", headers=[(b"Authorization", f"Bearer {token}".encode("latin-1"))]
        )

        assert answer.status_code == 403
        assert token == "x" or token not in answer.text

    async def test_why_a_token_was_refused_is_for_the_log_and_whoever_holds_a_signed_one(
        self, asked: Asked
    ) -> None:
        """Guesses get the same bytes each time; the operator reads which it was."""
        made, client = asked
        made.token(name="gone")
        sent = {
            "missing": "",
            "malformed": "x",
            "forged": made.token()[:-8] + "AAAAAAAA",
            "expired": made.token(minutes=-1),
            "revoked": made.token(name="gone"),
        }
        made.registry.revoke("gone")
        answers = {why: await client.get(f"{TOTAL}.json?token={token}") for why, token in sent.items()}
        made.app.parts.access_log.close()  # type: ignore[union-attr]

        assert {answer.status_code for answer in answers.values()} == {403}
        assert answers["missing"].content == answers["malformed"].content == answers["forged"].content
        assert answers["expired"].json()["error"] == "The token has expired."
        assert answers["revoked"].json()["error"] == "The token has been revoked."
        told = {line["request_id"]: line["refused"] for line in made.logged()}
        assert {why: told[answer.headers["x-request-id"]] for why, answer in answers.items()} == {
            why: why for why in sent
        }

    async def test_a_revoked_token(self, asked: Asked) -> None:
        """At once, in the process that revoked it."""
        made, _ = asked
        token = made.token(name="gone")
        made.registry.revoke("gone")

        assert (await get(asked, f"{TOTAL}.json", token, wrapped_id=ONE)).status_code == 403

    async def test_another_method(self, asked: Asked) -> None:
        """405, with those that there are."""
        _, client = asked
        answer = await client.delete(f"{TOTAL}.json")

        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS, POST")

    async def test_too_many_requests(self, asked: Asked) -> None:
        """429, and when to come again, in seconds from now; before, how many are left."""
        token = asked[0].token(name="eager", rps=2)
        answers = [await get(asked, f"{TOTAL}.json", token, wrapped_id=ONE) for _ in range(3)]
        first, last = answers[0], answers[-1]

        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert (first.headers["x-ratelimit-limit"], first.headers["x-ratelimit-remaining"]) == ("2", "1")
        assert (last.headers["retry-after"], last.headers["x-ratelimit-remaining"]) == ("1", "0")
        assert 0 <= int(last.headers["x-ratelimit-reset"]) <= 1
        assert set(last.json()) == {"error", "documentation"}

    async def test_each_token_has_a_limit_of_its_own(self, asked: Asked) -> None:
        """Who is eager takes nothing from anybody else, though one installation issued both tokens."""
        tokens = [asked[0].token(name=name, rps=1) for name in ("eager", "calm")]
        answers = [await get(asked, f"{TOTAL}.json", token, wrapped_id=ONE) for token in tokens]

        assert [answer.status_code for answer in answers] == [200, 200]

    async def test_an_engine_that_takes_too_long(self, tmp_path: Path) -> None:
        """408, while the other requests go on."""
        import threading

        waiting = threading.Event()
        with world(tmp_path, seconds=0.05) as made:
            made.lives[0].run = lambda *_: waiting.wait(5)  # type: ignore[method-assign, assignment]
            async with made.client() as client:
                answer = await client.get(f"{TOTAL}.json?wrapped_id={ONE}&token={made.token()}")
                assert answer.status_code == 408
                assert (await client.get("/healthz")).status_code == 200
                waiting.set()

    async def test_a_defect_of_ours(self, asked: Asked) -> None:
        """500 without a word of what went wrong; the log says where."""
        made, client = asked

        def fail(*_: object) -> None:
            raise RuntimeError("select secret from /srv/wrapped/x.duckdb")

        made.lives[0].run = fail  # type: ignore[method-assign, assignment]
        answer = await client.get(f"{TOTAL}.json?wrapped_id={ONE}&token={made.token()}")

        assert answer.status_code == 500
        assert answer.json()["error"] == "Something went wrong here; x-request-id finds it in the log"
        made.app.parts.access_log.close()  # type: ignore[union-attr]
        (line,) = [each for each in made.logged() if each["request_id"] == answer.headers["x-request-id"]]
        assert line["problem"].startswith("RuntimeError at pipes:")
        assert "secret" not in made.log.getvalue()

    async def test_nothing_is_published_yet(self, asked: Asked) -> None:
        """503, with when to come again."""
        asked[0].shelf.close()
        answer = await get(asked, f"{TOTAL}.json", wrapped_id=ONE)

        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


class TestLists:
    """What there is to ask."""

    async def test_the_list_holds_what_the_token_may_read(self, asked: Asked) -> None:
        """And nothing else."""
        pipes = (await get(asked, "/v0/pipes", asked[0].token(BY_DAY))).json()["pipes"]

        assert [pipe["name"] for pipe in pipes] == [BY_DAY]

    async def test_an_endpoint_describes_its_parameters(self, asked: Asked) -> None:
        """With type, default and description."""
        told = (await get(asked, DAYS)).json()

        (node,) = told["nodes"]
        assert [each["name"] for each in node["params"]] == ["wrapped_id", "start_date", "limit"]
        assert node["params"][2]["default"] == "366"
        assert [each["required"] for each in node["params"]] == [True, False, False]

    async def test_only_the_attributes_that_are_asked_for_are_told(self, asked: Asked) -> None:
        """Of the endpoints by `attrs`, of their nodes by `node_attrs`; in the list and alone."""
        token = asked[0].token(BY_DAY)
        (pipe,) = (await get(asked, "/v0/pipes", token, attrs="name, updated_at,none")).json()["pipes"]
        alone = (await get(asked, DAYS, attrs="nodes", node_attrs="name")).json()

        assert (pipe["name"], sorted(pipe)) == (BY_DAY, ["name", "updated_at"])
        assert alone == {"nodes": [{"name": BY_DAY}]}

    async def test_an_endpoint_says_when_it_was_written(self) -> None:
        """Its statement's file, or the module that adds the summary up, as an instant in UTC."""
        root = Path(__file__).parents[1]
        for name, endpoint in load_endpoints().items():
            written = described(endpoint)["updated_at"]
            file = root / "sql" / "products" / "usage" / "endpoints" / f"{name}.sql"
            if name == SUMMARY:
                file = root / "wrapped_assets" / "products" / "usage" / "flat_summary.py"
            assert datetime.fromisoformat(written).timestamp() == int(file.stat().st_mtime)

    async def test_a_slash_at_the_end_changes_nothing(self, asked: Asked) -> None:
        """Clients ask `/v0/tokens/`; but an encoded slash is a part of a name, and ends no token that is called otherwise."""
        made, client = asked
        admin = {"Authorization": f"Bearer {made.admin()}"}
        scope = {"name": "told", "scopes": [{"type": "ADMIN"}]}
        assert (
            await client.post("/v0/tokens/?expiration_time=1", json=scope, headers=admin)
        ).status_code == 400
        new = (await client.post("/v0/tokens/", json=scope, headers=admin)).json()
        for path in ("/v0/tokens", "/v0/pipes", DAYS, "/v0/pipes/openapi.json", f"{DAYS}.json"):
            answers = [
                await client.get(f"{path}{end}", params={"wrapped_id": ONE}, headers=admin)
                for end in ("", "/")
            ]
            assert [each.status_code for each in answers] == [200, 200]
        assert (await client.delete(f"/v0/tokens/{new['id']}%2F", headers=admin)).status_code == 404
        assert (await client.post(f"/v0/tokens/{new['id']}/refresh/", headers=admin)).status_code == 200


class TestEveryAnswer:
    """Headers that all have."""

    @pytest.mark.parametrize("path", ["/v0/pipes", "/nope", "/healthz", "/v0/pipes/openapi.json"])
    async def test_it_has_an_id_of_its_own(self, asked: Asked, path: str) -> None:
        """Made here, not taken from the caller."""
        _, client = asked
        answers = [await client.get(path, headers={"x-request-id": "mine"}) for _ in range(2)]
        ids = {answer.headers["x-request-id"] for answer in answers}

        assert len(ids) == 2 and "mine" not in ids

    async def test_browsers_may_ask_the_api(self, asked: Asked) -> None:
        """A page elsewhere may read answers and errors, and ask with a header of its own."""
        _, client = asked
        refused = await client.get(f"{TOTAL}.json", headers={"Origin": "https://elsewhere.test"})
        before = await client.options(f"{TOTAL}.json", headers={"Access-Control-Request-Method": "POST"})

        assert refused.headers["access-control-allow-origin"] == "*"
        assert "x-request-id" in refused.headers["access-control-expose-headers"]
        assert before.status_code == 204
        assert "authorization" in before.headers["access-control-allow-headers"]
        assert "access-control-allow-credentials" not in refused.headers

    async def test_head_is_get_without_its_body(self, asked: Asked) -> None:
        """With the same length."""
        made, client = asked
        url = f"{DAYS}.csv?wrapped_id={ONE}&token={made.token()}"
        head, whole = await client.head(url), await client.get(url)

        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == str(len(whole.content))
