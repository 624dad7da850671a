"""What can be left out is left out by deleting its files and its line: the rest answers as before."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from wrapped_assets.serving.optional import OPTIONAL

ROOT = Path(__file__).parents[1]
ALONE = {
    "wrapped_assets.assets.wrapped_announcement": ["serving/pages/announcement.py"],
    "wrapped_assets.serving.api.mcp_tools": ["serving/api/mcp_server.py"],
    "wrapped_assets.serving.api.sandbox": ["serving/api/sandbox_child.py"],
    "wrapped_assets.serving.film_routes": [
        "serving/cards/film.py",
        "serving/cards/film_child.py",
        "serving/cards/films.py",
    ],
    "wrapped_assets.serving.request_log": [],
}
"""Each optional module, and what only it imports."""

# The application of a home without anything; what is asked and what came.
ASK = """
import asyncio, io, json, sys
from pathlib import Path
from wrapped_assets.serving.assemble import application
from wrapped_assets.serving.pages.theme import default_theme
from wrapped_assets.settings import Settings

home = Path(sys.argv[1])
(home / "metrics").mkdir(parents=True)
settings = Settings.load({"WRAPPED_HOME": str(home), "WRAPPED_REQUEST_LOG_URL": (home / "requests").as_uri()})
app = application(settings, home, "http://api.test", home, False, default_theme())

async def ask(method, path, query=b""):
    sent = []
    async def receive():
        return {"type": "http.request", "body": b""}
    async def send(message):
        sent.append(message)
    scope = {"type": "http", "method": method, "path": path, "query_string": query, "headers": []}
    await app(scope, receive, send)
    return sent[0]["status"], sent[1]["body"]

async def main():
    await app._open()
    told = {f"{m} {p}": (await ask(m, p))[0] for m, p in ASKED}
    told["paths"] = sorted(json.loads((await ask("GET", "/v0/pipes/openapi.json"))[1])["paths"])
    await app._close()
    told["requests"] = len([*home.glob("requests/**/requests.*.parquet")])
    print(json.dumps(told))

ASKED = [("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/metrics"), ("GET", "/wrapped/x"), ("POST", "/wrapped/x/share"),
    ("GET", "/wrapped/about/comparisons"), ("GET", "/v0/pipes"), ("GET", "/v0/pipes/wrapped_pipe_stats_summary.json"),
    ("GET", "/v0/tokens"), ("POST", "/mcp")]
asyncio.run(main())
"""
WHOLE = {
    "GET /healthz": 200,
    "GET /readyz": 503,
    "GET /metrics": 200,
    "GET /wrapped/x": 404,
    "POST /wrapped/x/share": 404,
    "GET /wrapped/about/comparisons": 200,
    "GET /v0/pipes": 403,
    "GET /v0/pipes/wrapped_pipe_stats_summary.json": 403,
    "GET /v0/tokens": 403,
    "POST /mcp": 403,
}


def python(tree: Path, *arguments: str) -> str:
    """What a Python prints that knows only this tree."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(tree), "WRAPPED_HOME": str(tree / "home")}
    command = [sys.executable, "-W", "ignore", *arguments]
    return subprocess.run(
        command, env=environment, cwd=tree, check=True, capture_output=True, text=True
    ).stdout


def without(module: str | None, folder: Path) -> Path:
    """A copy of the tree in which this module was never written."""
    for part in ("wrapped_assets", "sql"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    if module:
        (folder / f"{module.replace('.', '/')}.py").unlink()
        for name in ALONE[module]:
            (folder / "wrapped_assets" / name).unlink()
        listed = folder / "wrapped_assets" / "serving" / "optional.py"
        listed.write_text(listed.read_text().replace(f'    "{module}",\n', ""))
    return folder


def test_each_is_listed_with_what_only_it_imports() -> None:
    """Here, so that none is forgotten."""
    assert sorted(OPTIONAL) == sorted(ALONE)


@pytest.mark.parametrize("module", [None, *OPTIONAL])
def test_what_is_left_out_is_missed_by_nothing_else(module: str | None, tmp_path: Path) -> None:
    """The server answers all other routes, and names only what it has; the graph has every other asset."""
    tree = without(module, tmp_path)
    told = json.loads(python(tree, "-c", ASK, str(tmp_path / "serving")))
    paths, requests = told.pop("paths"), told.pop("requests")
    has_mcp = module != "wrapped_assets.serving.api.mcp_tools"

    assert told == WHOLE | ({} if has_mcp else {"POST /mcp": 404})
    assert ("/mcp" in paths) == has_mcp
    assert requests == (module != "wrapped_assets.serving.request_log")


@pytest.mark.parametrize("module", [name for name in OPTIONAL if ".assets." in name])
def test_an_asset_that_is_left_out_is_missed_by_no_other(module: str, tmp_path: Path) -> None:
    """The graph has all others."""
    show = "from wrapped_assets.definitions import defs; print(len([*defs.resolve_asset_graph().get_all_asset_keys()]))"
    whole = int(python(ROOT, "-c", show))

    assert int(python(without(module, tmp_path), "-c", show)) == whole - 1
