"""Whatever stands in a request's parameters: the answer is what a plain count says, or a 400 that names what is wrong. Never anything else."""

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow.parquet as pq  # type: ignore[import-untyped, unused-ignore]
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.api_world import DOCUMENTATION, Published, World, world
from tests.api_world import Version as Edition
from tests.endpoint_oracle import Truth
from tests.examples import few_and_many, tried
from tests.landing_files import LandingFile, files_of, operation, organization, reading, request, workspace
from tests.pipeline import SECRET, Pipeline
from tests.raw_request import Line, Said, line
from wrapped_assets.editions.version import Version
from wrapped_assets.landing.store import LandingStore
from wrapped_assets.product import Parameter
from wrapped_assets.resources.identity import wrapped_id
from wrapped_assets.serving.api.endpoints import load_endpoints
from wrapped_assets.serving.api.sandbox import Sandbox
from wrapped_assets.serving.live.live import Live
from wrapped_assets.snapshot.from_warehouse import write_snapshot

pytestmark = pytest.mark.proof

ENDPOINTS = load_endpoints()
YEARS = (2024, 2025)
ANA, BOB, UNI = (wrapped_id(SECRET, name) for name in ("org-1", "org-2", "union"))

# The instants at which a range could take one too many or leave one out: years, months, the leap day, days.
INSTANTS = [
    f"{day}T{time}"
    for day in ("2023-12-31", "2024-01-01", "2024-02-28", "2024-02-29", "2024-03-01", "2024-06-15", "2024-12-31")
    + ("2025-01-01", "2025-02-28", "2025-03-01", "2025-12-31", "2026-01-01")
    for time in ("00:00:00", "23:59:59.999")
]  # fmt: skip


def _files() -> list[LandingFile]:
    """Three customers, one of them with two organizations; the last one's names are not known."""
    rows = [
        organization("org-1", name="Ana"),
        organization("org-2", name="Bob"),
        organization("org-3", customer_id="union"),
        organization("org-4", customer_id="union"),
        workspace("ws-1", name="One"),
        workspace("ws-2", org="org-3", name="Two"),
    ]
    for number, at in enumerate(INSTANTS):
        for organization_number in range(1, 5 - number % 3):
            id, org = f"{number}-{organization_number}", f"org-{organization_number}"
            own = {"workspace_id": f"ws-{(number + organization_number) % 3}"}
            rows += [
                request(
                    org, at, f"r{id}", read_bytes=2**40 + number, read_rows=number, error=number % 2, **own
                ),
                operation(org, at, f"o{id}", written_bytes=7 * number, written_rows=number, **own),
                reading(
                    org, at, f"d{number % 3}", datasource_name=f"d{id}", bytes=1000 - number, rows=number
                ),
            ]
    return files_of(*rows, name="first")


def _late() -> list[LandingFile]:
    """What lands after the snapshots were taken: on days with rows and on days without."""
    days = ("2024-02-29T12:00:00", "2024-04-01T00:00:00", "2025-12-31T23:59:59.999", "2025-07-01T01:00:00")
    return files_of(
        *(request("org-1", at, f"late-{at}", read_bytes=3) for at in days),
        *(reading("org-2", at, "d0", datasource_name=f"late {at}", bytes=5, rows=1) for at in days),
        name="late",
    )


@dataclass(frozen=True)
class Stage:
    """Two editions behind the whole application, and what is true of them."""

    world: World
    line: Line
    truth: Truth
    header: tuple[bytes, bytes]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One for all: asking changes nothing."""
    home = tmp_path_factory.mktemp("parameters")
    pipeline = Pipeline(home)
    pipeline.build(*_files())
    for year in YEARS:
        with pipeline.warehouse.reading() as reader:
            write_snapshot(reader, home / f"{year}.duckdb", year)
    pipeline.land(*_late())

    def open_live(_: Path, version: Version) -> Live:
        store = LandingStore.open(f"file://{pipeline.landing}")
        return Live.open(home / f"{version.year}.duckdb", store, SECRET)

    published = Published({year: Edition(1, {}, year) for year in YEARS})
    with ExitStack() as opened:
        made = opened.enter_context(
            world(
                home,
                endpoints=ENDPOINTS,
                open_live=open_live,
                published=published,
                more=[Sandbox(seconds=5.0)],
            )
        )
        asked = opened.enter_context(line(made.app))
        header = (b"authorization", f"Bearer {made.token(*ENDPOINTS)}".encode())
        yield Stage(made, asked, Truth([*_files(), *_late()], SECRET), header)


# ---- What the parameters mean, read here as docs/api.md says it

UNREADABLE = {"The parameters are not percent-encoded UTF-8", "There are more than 200 parameters"}


@dataclass(frozen=True)
class Meant:
    """The values of a request, or the parameters that are wrong in it."""

    wrong: frozenset[str]
    values: dict[str, Any]


def meaning(name: str, given: dict[str, str]) -> Meant:
    """What these parameters ask of an endpoint. Values that could be read in two ways are wrong, or what they plainly say."""
    values: dict[str, Any] = {}
    wrong: set[str] = set()
    for parameter in ENDPOINTS[name].parameters:
        text = given.get(parameter.name)
        try:
            values[parameter.name] = None if text is None else _value(parameter, text)
        except ValueError:
            wrong.add(parameter.name)
    if given.get("wrapped_id") is None:
        wrong.add("wrapped_id")
    year = int(YEARS[-1] if values.get("year") is None else values["year"])
    if "year" not in wrong and year not in YEARS:
        wrong.add("year")
    edition = year if year in YEARS else YEARS[-1]
    start = values.get("start_date") or date(edition, 1, 1)
    end = values.get("end_date") or date(edition + 1, 1, 1)
    if not wrong:
        wrong |= {"start_date"} if start < date(edition, 1, 1) else set()
        wrong |= {"end_date"} if end > date(edition + 1, 1, 1) else set()
    limit = values.get("limit")
    return Meant(
        frozenset(wrong),
        {
            "ids": [each.strip(" ") for each in given.get("wrapped_id", "").split(",")],
            "start": start,
            "end": end,
            "limit": 10 if limit is None else limit,
        },
    )


def _value(parameter: Parameter, text: str) -> Any:
    if parameter.type == "Int32":
        if not re.fullmatch("[+-]?[0-9]+", text) or not -(2**31) <= int(text) < 2**31:
            raise ValueError
        return int(text)
    if parameter.type == "Date":
        if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError
        return date(*map(int, text.split("-")))
    if "\0" in text or re.search("[\ud800-\udfff]", text):
        raise ValueError
    return text


def check(stage: Stage, name: str, given: dict[str, str], said: Said, format: str = "json") -> None:
    """The answer is the rows that are true, or a refusal that names one of the parameters that are wrong."""
    meant = meaning(name, given)
    if said.status == 400:
        told = said.json
        assert told.keys() == {"error", "documentation"} and told["documentation"] == DOCUMENTATION
        named = set(re.findall(r"The parameter '(\w+)'", told["error"]))
        assert named and named <= meant.wrong, (told, given, meant)
        return
    assert (said.status, meant.wrong) == (200, frozenset()), (said, given)
    assert shown(said, format) == as_shown(stage.truth.rows(name, **meant.values), format), given


def shown(said: Said, format: str) -> Any:
    """The rows of an answer."""
    match format:
        case "json":
            told = said.json
            assert told["rows"] == len(told["data"])
            return told["data"]
        case "ndjson":
            return [json.loads(row) for row in said.body.splitlines()]
        case "csv":
            return list(csv.DictReader(io.StringIO(said.body.decode())))
    return len(pq.read_table(io.BytesIO(said.body)))


def as_shown(rows: Sequence[dict[str, Any]], format: str) -> Any:
    """The rows that are true, as the format has them."""
    if format == "parquet":
        return len(rows)
    if format != "csv":
        return list(rows)

    def cell(value: Any) -> str:
        if value is None:
            return "\\N"
        return json.dumps(value, separators=(",", ":")) if isinstance(value, list) else str(value)

    return [{name: cell(value) for name, value in row.items()} for row in rows]


# ---- What is sent

edges = st.sampled_from([date.fromisoformat(at[:10]) for at in INSTANTS])
days = st.one_of(
    edges,
    st.builds(lambda day, by: day + timedelta(by), edges, st.integers(-2, 2)),
    st.dates(date(2023, 12, 1), date(2026, 1, 31)),
    st.sampled_from((date.min, date.max, date(1900, 1, 1), date(2299, 12, 31))),
).map(date.isoformat)
anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
numbers = st.one_of(
    st.integers(-3, 30),
    st.sampled_from((2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 2**63, 2**64, 10**30)),
    st.integers(),
).map(str)
odd = st.sampled_from(
    ("", " ", "0", "-0", "+5", "00000000005", "1e3", "5.0", "0x10", "5 ", " 5", "1_0", "٥", "５", "NaN", "null", "true", "\0", "5\0")
    + ("2024-02-30", "2025-02-29", "2024-2-9", "２０２４-01-01", "2024-01-01T00:00:00", "2024-01-01 ", "2024-W01-1", "20240101")
    + ("0000-00-00", "10000-01-01", "-2024-01-01", "2024-01-01,2024-01-01", "today", "2024-01-01\n", "%", "%2", "' or 1=1 --")
)  # fmt: skip
ids = st.lists(
    st.one_of(st.sampled_from((ANA, BOB, UNI, f" {ANA} ", ANA.upper(), "", f"\u00a0{ANA}", f"{BOB}\u3000", f"{ANA}\t")), anything),
    max_size=4,
).map(",".join)  # fmt: skip
OF = {
    "wrapped_id": ids,
    "year": st.sampled_from(("2024", "2025")) | numbers | odd,
    "start_date": days | days | odd | anything,
    "end_date": days | days | odd | anything,
    "limit": numbers | odd | anything,
    "timezone": st.sampled_from(("UTC", "Asia/Kolkata", "+05:30")) | anything,
    "format": anything,
    "Limit": numbers,
    "output_format_json_quote_64bit_integers": st.sampled_from(("0", "", "2", "true")),
}


@st.composite
def pairs(draw: st.DrawFn) -> list[tuple[str, str]]:
    """Parameters in any order, some of them twice, customers usually among them."""
    names = draw(st.lists(st.sampled_from(sorted(OF)), max_size=4))
    if draw(st.integers(0, 9)):
        names.append("wrapped_id")
    return [(name, draw(OF[name], name)) for name in draw(st.permutations(names))]


def joined(sent: Sequence[tuple[str, str]]) -> dict[str, str]:
    """A parameter that stands several times is a list."""
    given: dict[str, str] = {}
    for name, value in sent:
        given[name] = f"{given[name]},{value}" if name in given else value
    return given


def encoded(sent: Sequence[tuple[str, str]]) -> bytes:
    """As the URL has them."""
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in sent).encode()


@few_and_many(150)
def test_any_range_of_days_is_counted_from_its_first_instant_up_to_its_last(
    stage: Stage, examples: int
) -> None:
    """Of every endpoint, for any customers, in every format: start and end equal, turned round, at the edges of days, months and years."""

    @tried(examples)
    @given(
        name=st.sampled_from(sorted(ENDPOINTS)),
        asked=st.lists(st.sampled_from((ANA, BOB, UNI, "nobody")), max_size=3),
        year=st.sampled_from(YEARS),
        first=days,
        last=days,
        format=st.sampled_from(("json", "json", "json", "ndjson", "csv", "parquet")),
    )
    def property(name: str, asked: list[str], year: int, first: str, last: str, format: str) -> None:
        sent = [
            ("wrapped_id", ",".join(asked)),
            ("year", str(year)),
            ("start_date", first),
            ("end_date", last),
        ]
        said = stage.line.ask(f"/v0/pipes/{name}.{format}", encoded(sent), [stage.header])
        check(stage, name, dict(sent), said, format)

    property()


@few_and_many(200)
def test_any_parameters_are_answered_exactly_or_refused_by_name(stage: Stage, examples: int) -> None:
    """Right ones, wrong ones, unknown ones, several of one name; in the URL, in a form or in JSON, where the body beats the URL."""

    @tried(examples)
    # Blanks of other scripts were taken away by all endpoints but the summary.
    @example(name="wrapped_requests_by_day", in_url=[("wrapped_id", f"\u00a0{ANA}")], in_body=[], kind="get")
    # Ten digits with zeros in front were a number, eleven were none.
    @example(
        name="wrapped_top_datasources",
        in_url=[("wrapped_id", ANA), ("limit", "0" * 20 + "1")],
        in_body=[],
        kind="get",
    )
    @given(
        name=st.sampled_from(sorted(ENDPOINTS)),
        in_url=pairs(),
        in_body=pairs(),
        kind=st.sampled_from(("get", "get", "form", "json")),
    )
    def property(name: str, in_url: list[tuple[str, str]], in_body: list[tuple[str, str]], kind: str) -> None:
        path, given = f"/v0/pipes/{name}.json", joined(in_url)
        if kind == "get":
            said = stage.line.ask(path, encoded(in_url), [stage.header])
        else:
            given |= joined(in_body)
            form = kind == "form"
            media = b"application/x-www-form-urlencoded" if form else b"application/json"
            body = encoded(in_body) if form else json.dumps(joined(in_body)).encode()
            headers = [stage.header, (b"content-type", media)]
            said = stage.line.ask(path, encoded(in_url), headers, body, "POST")
        check(stage, name, given, said)

    property()


plain_json = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(), max_size=5)
)


@few_and_many(100)
def test_any_json_is_read_as_the_url_would_spell_it_or_refused_by_name(stage: Stage, examples: int) -> None:
    """Numbers, lists, nulls, objects, half characters: a value is what it plainly says, and nothing of it is left out."""

    def text(value: Any) -> str | None:
        if isinstance(value, bool):
            return "1" if value else "0"
        if isinstance(value, int | float):
            return repr(value)
        return value if isinstance(value, str) else None

    @tried(examples)
    # A list within a list was left out, and the others answered for.
    @example(fields={"wrapped_id": ["nobody", [ANA]]})
    @example(fields={"wrapped_id": ANA, "limit": [[3], 5]})
    @example(fields={"wrapped_id": ANA, "limit": -1})
    @example(fields={"wrapped_id": f"{ANA},\0"})
    @example(fields={"wrapped_id": [ANA, "\ud800"]})
    @given(
        fields=st.dictionaries(
            st.sampled_from(("wrapped_id", "limit", "year", "start_date", "other")),
            st.recursive(
                plain_json, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=2)
            ),
        )
    )  # fmt: skip
    def property(fields: dict[str, Any]) -> None:
        name, given = "wrapped_top_workspaces", {}
        for field, value in fields.items():
            several = [text(each) for each in value] if isinstance(value, list) else [text(value)]
            if value is not None:
                # What has no text is as wrong as a NUL.
                given[field] = ",".join("\0" if each is None else each for each in several)
        headers = [stage.header, (b"content-type", b"application/json")]
        body = json.dumps(fields).replace("Infinity", "1e999").encode()
        said = stage.line.ask(f"/v0/pipes/{name}.json", b"", headers, body, "POST")
        check(stage, name, given, said)

    property()


@few_and_many(150)
def test_any_bytes_in_a_url_are_read_once_in_one_way_or_refused(stage: Stage, examples: int) -> None:
    """Percent signs that encode nothing, twice or half a character; plus signs, semicolons, names without a value."""
    pieces = st.sampled_from(
        (b"wrapped_id=", ANA.encode(), b"limit=", b"start_date=", b"2024-02-29", b"%32024-01-01", b"&", b"=", b"%", b"%2", b"%zz", b"%25")
        + (b"%00", b"%2C", b"%2c", b"+", b"%2B5", b"%20", b";", b"#", b"?", b"%C3%A4", b"%C3", b"%c0%af", b"%ED%A0%80", b"%F0%9F%98%80")
        + (b"5", b"%35", b"wrapped%5Fid=", b"WRAPPED_ID=", b"limit", b"limit[]=", b"\xe4", b"\xff", b"\t", b"a=1&" * 200, b"year=2024&")
    ) | st.binary(max_size=3)  # fmt: skip

    @tried(examples)
    @given(query=st.lists(pieces, max_size=12).map(b"".join), has_customer=st.booleans())
    def property(query: bytes, has_customer: bool) -> None:
        name = "wrapped_top_workspaces"
        query = b"wrapped_id=" + ANA.encode() + b"&" + query if has_customer else query
        said = stage.line.ask(f"/v0/pipes/{name}.json", query, [stage.header])
        given = decoded(query)
        if given is None:
            assert (said.status, said.json["error"] in UNREADABLE) == (400, True)
        elif given.get("token"):
            assert said.status == 403
        else:
            check(stage, name, {k: v for k, v in given.items() if k != "q"}, said)

    property()


def decoded(query: bytes) -> dict[str, str] | None:
    """The parameters of a URL; None when they are not UTF-8, or more than 200."""
    fields = [field for field in query.split(b"&") if field]
    if not query.isascii() or query.count(b"&") >= 200:
        return None
    sent = []
    for field in fields:
        parts = [
            re.sub(rb"%([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), part.replace(b"+", b" "))
            for part in field.partition(b"=")[::2]
        ]
        try:
            sent.append((parts[0].decode(), parts[1].decode()))
        except UnicodeDecodeError:
            return None
    return joined(sent)


def test_each_endpoint_is_compared_with_what_is_true_and_there_is_something_to_compare(stage: Stage) -> None:
    """Whole years of every customer have rows everywhere, and rows that landed late are among them."""
    for name in ENDPOINTS:
        for year in YEARS:
            rows = stage.truth.rows(name, [ANA, BOB, UNI], date(year, 1, 1), date(year + 1, 1, 1), 100)
            query = encoded([("wrapped_id", f"{ANA},{BOB},{UNI}"), ("year", str(year)), ("limit", "100")])
            said = stage.line.ask(f"/v0/pipes/{name}.json", query, [stage.header])
            assert said.json["data"] == rows and rows


@pytest.mark.parametrize("name", sorted(ENDPOINTS))
def test_a_day_alone_is_exactly_that_days_rows(stage: Stage, name: str) -> None:
    """The first and last of a year, the leap day and its neighbours, with rows at their first and last instants; and no day is nothing."""
    for day in sorted({date.fromisoformat(at[:10]) for at in INSTANTS}):
        for end in (day, day + timedelta(1)):
            given = {"wrapped_id": f"{ANA},{BOB},{UNI}", "year": str(day.year if day.year in YEARS else 2024)}
            given |= {"start_date": day.isoformat(), "end_date": end.isoformat()}
            said = stage.line.ask(f"/v0/pipes/{name}.json", encoded([*given.items()]), [stage.header])
            check(stage, name, given, said)
