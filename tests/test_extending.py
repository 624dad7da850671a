"""What CONTRIBUTING.md says of a new family and a new story, done to the letter in a copy of the tree: the steps are all that it takes."""

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
import pyarrow.parquet as pq  # type: ignore[import-untyped, unused-ignore]
import pytest

from tests.landing_files import files_of, request, write

pytestmark = pytest.mark.proof

ROOT = Path(__file__).parent.parent
DAY = date(2025, 3, 14)
FAMILY, PRODUCT, STORY = "Add a metric family in five steps", "Add a product", "Add a story"
ENGINES = ["duckdb", pytest.param("chdb", marks=pytest.mark.clickhouse)]

RADIO_IMPORTS = """
from dataclasses import replace

from wrapped_assets.families import Column, Dimension, Family, Rollup, count, counter, label, optional_name, text, total
from wrapped_assets.products.usage import USAGE
"""
RADIO = """
FOLLOWS = Family(
    name="follows",
    product="radio",
    one_row_is="one follow of a listener",
    event_time="followed_at",
    subject="user_id",
    key=("user_id", "followed_at"),
    columns=(
        text("user_id", "The listener."),
        Column("followed_at", "instant", "When, UTC."),
        label("region", "Where it was logged."),
        Column("exported_at", "instant", "When it was exported: its version."),
    ),
    rollups=(),
)
SHOWS = Dimension(
    name="shows",
    product="radio",
    one_row_is="one show",
    key=("show_id",),
    columns=(
        text("show_id", "The show."),
        optional_name("title", "Its title."),
        Column("exported_at", "instant", "When it was exported."),
    ),
)
RADIO = replace(USAGE, name="radio", families={"listens": LISTENS, "follows": FOLLOWS}, dimensions={"shows": SHOWS}, stories=())
"""
MONTHS_OF_LISTENS = """
select
    cast(date_trunc('month', event.ts) as date) as month,
    event.user_id,
    event.show_id,
    event.region,
    count(*) as listens,
    sum(event.ms_played) as ms_played
from raw.listens as event /* touched */
where event.ts >= $from and event.ts < $to
group by all
"""


def block(section: str, language: str) -> str:
    """The one piece of code of a language in a section of CONTRIBUTING.md, without its indent."""
    (steps,) = re.findall(
        rf"^## {section}\n(.*?)^## ", (ROOT / "CONTRIBUTING.md").read_text(), re.DOTALL | re.MULTILINE
    )
    (found,) = re.findall(rf"```{language}\n(.*?)```", steps, re.DOTALL)
    return "\n".join(line.removeprefix("   ") for line in found.split("\n"))


class Clone:
    """A copy of the tree that has the family `logins`, and a world for it."""

    def __init__(self, folder: Path, engine: str) -> None:
        self.code, self.home, self.landing = folder / "clone", folder / "home", folder / "landing"
        for name in ("wrapped_assets", "sql"):
            shutil.copytree(ROOT / name, self.code / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("dagster.yaml", "workspace.yaml", "pyproject.toml"):
            shutil.copy(ROOT / name, self.code)
        self.settings = {
            "WRAPPED_HOME": str(self.home),
            "DAGSTER_HOME": str(self.home / "dagster"),
            "WRAPPED_LANDING_URL": f"file://{self.landing}",
            "WRAPPED_REGIONS": "",
            "WRAPPED_FIRST_DAY": "2025-03-01",
            "WRAPPED_SECRET": "a secret of at least 32 bytes, ok!!",
            "WRAPPED_WAREHOUSE_URL": f"{engine}://{self.home}/warehouse",
        }
        self.home.mkdir()

    def add_family(self) -> None:
        """Steps 1 to 3, and what ClickHouse needs besides."""
        families = self.code / "wrapped_assets" / "products" / "usage" / "families.py"
        text = families.read_text()
        (line,) = re.findall(r"^FAMILIES = .*$", text, re.MULTILINE)
        families.write_text(
            text.replace(line, f"{block(FAMILY, 'python')}\n{line.replace('STORAGE)', 'STORAGE, LOGINS)')}")
        )
        sql = self.code / "sql" / "products" / "usage"
        (sql / "duckdb" / "logins_attempts.sql").write_text(block(FAMILY, "sql"))

    def add_product(self) -> None:
        """A package with a family of another subject and other levels, a family without rollups, a dimension, and one line in the list."""
        products = self.code / "wrapped_assets" / "products"
        (products / "radio.py").write_text(f"{RADIO_IMPORTS}\n{block(PRODUCT, 'python')}\n{RADIO}")
        listed = products / "__init__.py"
        text = listed.read_text()
        assert text.count("(USAGE, LISTENING)") == 1
        listed.write_text(
            "from wrapped_assets.products.radio import RADIO\n"
            + text.replace("(USAGE, LISTENING)", "(USAGE, LISTENING, RADIO)")
        )
        folder = self.code / "sql" / "products" / "radio" / "duckdb"
        folder.mkdir(parents=True)
        (folder / "listens_shows.sql").write_text(MONTHS_OF_LISTENS)

    def add_story(self) -> None:
        """Steps 1 to 3, and an endpoint."""
        package = self.code / "wrapped_assets" / "products" / "usage"
        (self.code / "sql" / "products" / "usage" / "breadth.sql").write_text(block(STORY, "sql"))
        (package / "stories" / "breadth.py").write_text(block(STORY, "python"))
        listed = package / "document.py"
        text = listed.read_text()
        for line, added in (
            ("    calendar,\n", "    breadth,\n"),
            ("    rank.STORY,\n", "    breadth.STORY,\n"),
            ("    rank.Fields,\n", "    breadth.Fields,\n"),
        ):
            assert text.count(line) == 1
            text = text.replace(line, added + line)
        listed.write_text(text)
        (self.code / "sql" / "products" / "usage" / "endpoints" / "busy_days.sql").write_text(
            ENDPOINT.lstrip()
        )
        endpoints = package / "endpoints.py"
        added = 'ENDPOINTS = (\n    _endpoint("busy_days", "Days with a request."),\n'
        endpoints.write_text(endpoints.read_text().replace("ENDPOINTS = (\n", added))

    def land_listens(self, name: str, *rows: tuple[str, str, str, int]) -> None:
        """A file of listens: listener, track, instant and milliseconds each; the later by name was exported later."""
        instants = [datetime.fromisoformat(row[2]).replace(tzinfo=UTC) for row in rows]
        columns: dict[str, list[Any]] = {
            "user_id": [row[0] for row in rows],
            "show_id": [row[1] for row in rows],
            "ts": instants,
            "ms_played": [row[3] for row in rows],
            "region": ["eu" for _ in rows],
            "exported_at": [datetime(2025, 5, ord(name) - ord("a") + 1, tzinfo=UTC) for _ in rows],
        }
        path = self.landing / "listens" / f"dt={instants[0].date()}" / "region=eu" / f"{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.table(columns), path)

    def land_others(self) -> None:
        """A follow, and a snapshot of two shows."""
        at = datetime(2025, 3, 14, 9, tzinfo=UTC)
        follow = self.landing / "follows" / f"dt={DAY}" / "region=eu" / "a.parquet"
        shows = self.landing / "shows" / "region=eu" / "a.parquet"
        follow.parent.mkdir(parents=True)
        shows.parent.mkdir(parents=True)
        pq.write_table(
            pa.table({"user_id": ["ann"], "followed_at": [at], "region": ["eu"], "exported_at": [at]}), follow
        )
        pq.write_table(
            pa.table({"show_id": ["t1", "t2"], "title": ["One", None], "exported_at": [at, at]}), shows
        )

    def python(self, code: str, *arguments: str) -> str:
        """What a program says that runs in the copy; it must end well."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("WRAPPED_")}
        environment |= self.settings | {"PYTHONPATH": f"{self.code}:{ROOT}", "COLUMNS": "200"}
        command = [sys.executable, "-P", "-c", code, *arguments]
        done = subprocess.run(
            command, cwd=self.code, env=environment, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def wrapped(self, *arguments: str) -> str:
        """What the command line says."""
        return self.python("from wrapped_assets.cli.main import main; main()", *arguments)

    def land_logins(self, name: str, *rows: tuple[str, str, int, float]) -> None:
        """A file of logins of DAY: workspace, id, whether it was refused, seconds."""
        at = datetime(DAY.year, DAY.month, DAY.day, 9, tzinfo=UTC)
        columns: dict[str, list[Any]] = {
            "timestamp": [at for _ in rows],
            "organization_id": ["somebody" for _ in rows],
            "workspace_id": [row[0] for row in rows],
            "login_id": [row[1] for row in rows],
            "failed": [row[2] for row in rows],
            "elapsed_time": [row[3] for row in rows],
            "region": ["eu" for _ in rows],
            "exported_at": [at for _ in rows],
        }
        path = self.landing / "logins" / f"dt={DAY}" / "region=eu" / f"{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.table(columns), path)

    def land_requests(self, *ids: str) -> None:
        """A file of requests of DAY."""
        for landed in files_of(*(request("acme", f"{DAY}T10:00:00", id) for id in ids), name=ids[0]):
            write(self.landing, landed)


# What the tables of the new family hold: logins, refused ones and microseconds.
LOGINS = """
import json, sys
from wrapped_assets.resources.open import open_warehouse
from wrapped_assets.settings import Settings
with open_warehouse(Settings.load()).reading() as reader:
    if sys.argv[1] == "duckdb":
        ask = lambda text: reader.con.execute(text.format("monthly.", "sum")).fetchall()
    else:
        ask = lambda text: reader.session.rows(text.format("monthly_", "sumMerge"))
    (found,) = ask("select {1}(logins), {1}(failures), {1}(elapsed_time_us) from {0}logins_attempts")
    print(json.dumps([int(value) for value in found]))
"""

# What months hold of the second product: listener, track, month, listens and milliseconds; then how many follows and shows there are.
PLAYED = """
import json, sys
from wrapped_assets.resources.open import open_warehouse
from wrapped_assets.settings import Settings
with open_warehouse(Settings.load()).reading() as reader:
    if sys.argv[1] == "duckdb":
        ask = lambda text: reader.con.execute(text.format(".", "sum")).fetchall()
    else:
        ask = lambda text: reader.session.rows(text.format("_", "sumMerge"))
    months = ask(
        "select user_id, show_id, month, {1}(listens), {1}(ms_played) from monthly{0}listens_shows"
        " group by user_id, show_id, month order by month, user_id, show_id"
    )
    counts = [ask(f"select count(*) from {name}")[0][0] for name in ("raw{0}follows", "dimensions{0}shows")]
    print(json.dumps([[[user, track, str(month), int(listens), int(ms)] for user, track, month, listens, ms in months], counts]))
"""

ENDPOINT = """
-- Days with a request.
-- One row.
-- Reads organizations and daily_requests.
select count(distinct day) as days
from daily_requests
join organizations using (organization)
where wrapped_id = $wrapped_id
"""

# What is told of the largest customer: the fields of the document, the slides and the cards; and the endpoints there are.
TOLD = """
import json
from wrapped_assets.products.usage import USAGE
from wrapped_assets.products.usage.document import document
from wrapped_assets.resources.open import open_warehouse
from wrapped_assets.serving.api.endpoints import load_endpoints
from wrapped_assets.serving.pages.page import slideshow
from wrapped_assets.serving.pages.theme import default_theme
from wrapped_assets.serving.pages.static_files import static_path
from wrapped_assets.settings import Settings
from wrapped_assets.slides.links import Links
with open_warehouse(Settings.load()).reading() as reader:
    (facts,) = reader.facts(2025, most=1)
    made = document(facts, reader.edition(2025))
show = USAGE.tell(made.published(), "Acme")
page = slideshow(show, Links("key", static_path()), default_theme()).body.decode()
moment = show.moment("breadth")
print(json.dumps([made.pipes_used, moment and moment.line, 'id="breadth"' in page, sorted(load_endpoints())]))
"""

# A worker of the API: what its summary says of acme, before and after the files of a folder landed.
SERVING = """
import json, shutil, sys
from datetime import date
from wrapped_assets.resources.identity import wrapped_id
from wrapped_assets.resources.open import open_landing, open_warehouse
from wrapped_assets.serving.live.live import Live
from wrapped_assets.settings import Settings
from wrapped_assets.snapshot.from_warehouse import write_snapshot
settings = Settings.load()
snapshot = settings.home / "snapshot.duckdb"
with open_warehouse(settings).reading() as reader:
    write_snapshot(reader, snapshot, 2025)
secret = settings.secret()
acme = wrapped_id(secret, "acme")
def requests(live):
    answer = live.summary([acme], date(2025, 1, 1), date(2026, 1, 1))
    return dict(zip([name for name, _ in answer.columns], answer.rows[0]))["total_requests"]
with Live.open(snapshot, open_landing(settings), secret) as live:
    live.follow()
    before = requests(live)
    shutil.copytree(sys.argv[1], sys.argv[2], dirs_exist_ok=True)
    report = live.follow()
    print(json.dumps([before, requests(live), report.failure and str(report.failure), report.unread]))
"""


@pytest.mark.parametrize("engine", ENGINES)
def test_a_family_is_added_by_the_steps_of_contributing(tmp_path: Path, engine: str) -> None:
    """It is imported, rolled up, checked and owned, bad rows apart; serving goes on with the families that it knows."""
    clone = Clone(tmp_path, engine)
    clone.add_family()
    clone.land_requests("r1", "r2")
    clone.land_logins("a", ("ws", "l1", 0, 0.25), ("ws", "l2", 1, 1.5), ("ws", "l3", 2, 1.0))
    clone.land_logins("b", ("ws", "l2", 1, 1.5))

    clone.wrapped("build", "--year", "2025")

    assert json.loads(clone.python(LOGINS, engine)) == [2, 1, 1_750_000]
    checked = clone.wrapped("check", "--year", "2025", "--deep")
    assert "0 failed" in checked and "logins" in checked
    assert "failed is neither 0 nor 1" in checked

    late, landing = tmp_path / "late", clone.landing
    clone.landing = late
    clone.land_requests("r3")
    clone.land_logins("c", ("ws", "l4", 0, 0.5))
    assert json.loads(clone.python(SERVING, str(late), str(landing))) == [2, 3, None, {}]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_product_is_added_by_its_package_and_one_line(tmp_path: Path, engine: str) -> None:
    """Its families land, lose their duplicates and are rolled up by their own subject at their own levels, late rows and repeated
    exports too; every table equals its rebuild, and the documents of the other product are what they are without it.
    """
    clone = Clone(tmp_path, engine)
    clone.add_product()
    clone.land_requests("r1", "r2")
    clone.land_others()
    first = [
        ("ann", "t1", "2025-03-14T09:00:00", 180_000),
        ("ann", "t1", "2025-03-14T10:00:00", 20_000),
        ("bob", "t2", "2025-03-14T09:00:00", 200_000),
        ("bob", "t2", "2025-04-01T00:00:00", 1_000),
    ]
    clone.land_listens("a", *first)
    clone.wrapped("build", "--year", "2025")

    march, april = "2025-03-01", "2025-04-01"
    assert json.loads(clone.python(PLAYED, engine)) == [
        [
            ["ann", "t1", march, 2, 200_000],
            ["bob", "t2", march, 1, 200_000],
            ["bob", "t2", april, 1, 1_000],
        ],
        [1, 2],
    ]

    # A repetition, another version of ann's first play, and a late one of a third listener.
    clone.land_listens("b", first[2], ("ann", "t1", "2025-03-14T09:00:00", 170_000))
    clone.land_listens("c", ("eve", "t1", "2025-03-31T23:59:59.999", 5))
    clone.wrapped("build", "--year", "2025")

    assert json.loads(clone.python(PLAYED, engine))[0] == [
        ["ann", "t1", march, 2, 190_000],
        ["bob", "t2", march, 1, 200_000],
        ["eve", "t1", march, 1, 5],
        ["bob", "t2", april, 1, 1_000],
    ]
    assert "0 failed" in clone.wrapped("check", "--year", "2025", "--deep")
    documents = clone.wrapped("summary", "--year", "2025", "--all", "--format", "ndjson").splitlines()
    assert [json.loads(document)["requests"]["total"] for document in documents] == [2]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_story_and_an_endpoint_are_added_by_the_steps_of_contributing(tmp_path: Path, engine: str) -> None:
    """An edition that was built before says nothing of it, and is computed anew with the next change; then the document, the words
    and the page have it. Nothing but the named files was touched.
    """
    clone = Clone(tmp_path, engine)
    for id, pipe in (("r1", "a"), ("r2", "b"), ("r3", "b")):
        for landed in files_of(request("acme", f"{DAY}T10:00:00", id, pipe_id=pipe), name=id):
            write(clone.landing, landed)
    clone.wrapped("build", "--year", "2025")
    clone.add_story()

    before = json.loads(clone.python(TOLD))
    assert before[:3] == [0, None, False]
    assert "busy_days" in before[3]

    clone.land_requests("r4")
    clone.wrapped("build", "--year", "2025")

    assert json.loads(clone.python(TOLD))[:3] == [3, "3 pipes were asked", True]
    assert "0 failed" in clone.wrapped("check", "--year", "2025", "--deep")
