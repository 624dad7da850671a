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
FAMILY, STORY = "Add a metric family in five steps", "Add a story"
ENGINES = ["duckdb", pytest.param("chdb", marks=pytest.mark.clickhouse)]

EXPORT = """
-- What a region's logins hold for a window of time.
-- One row per login.
-- Reads logins of the region's own database from $from up to $to.
select
    timestamp,
    organization_id,
    workspace_id,
    login_id,
    failed,
    elapsed_time,
    cast($region as varchar) as region,
    cast($exported_at as timestamp_ms) as exported_at
from logins
where timestamp >= $from and timestamp < $to
"""
HOURLY_ON_CLICKHOUSE = """
select
    toStartOfHour(event.timestamp) as hour,
    event.organization_id as organization_id,
    event.workspace_id as workspace_id,
    event.region as region,
    sumState(toInt64(1)) as logins,
    sumState(toInt128(event.failed)) as failures,
    sumState(toInt128(event.elapsed_time_us)) as elapsed_time_us
from raw_logins as event
where toYYYYMMDD(event.timestamp) in {partitions:Array(UInt32)}
group by hour, organization_id, workspace_id, region
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
        families = self.code / "wrapped_assets" / "families.py"
        text = families.read_text()
        (line,) = re.findall(r"^FAMILIES: .*$", text, re.MULTILINE)
        families.write_text(
            text.replace(line, f"{block(FAMILY, 'python')}\n{line.replace('STORAGE)', 'STORAGE, LOGINS)')}")
        )
        sql = self.code / "sql"
        (sql / "duckdb" / "hourly" / "logins_attempts.sql").write_text(block(FAMILY, "sql"))
        (sql / "duckdb" / "exports" / "logins.sql").write_text(EXPORT)
        (sql / "clickhouse" / "exports" / "logins.sql").write_text(EXPORT)
        (sql / "clickhouse" / "hourly" / "logins_attempts.sql").write_text(HOURLY_ON_CLICKHOUSE)

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
settings = Settings.load()
snapshot = settings.home / "snapshot.duckdb"
with open_warehouse(settings).reading() as reader:
    reader.write_snapshot(snapshot, 2025)
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
