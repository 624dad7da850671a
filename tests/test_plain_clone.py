"""What a stranger may run in a fresh clone: nothing is set, and Dagster finds everything by itself."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.ports import free_port

pytestmark = pytest.mark.proof

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
START_SECONDS = 120


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The files of this tree that Dagster reads, and an empty home beside them."""
    made = tmp_path / "clone"
    for name in ("dagster.yaml", "workspace.yaml", "pyproject.toml"):
        made.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, made)
    for name in ("wrapped_assets", "sql"):
        shutil.copytree(ROOT / name, made / name, ignore=shutil.ignore_patterns("__pycache__"))
    return made


def environment(clone: Path) -> dict[str, str]:
    """As `env -i PATH=... HOME=...` makes it."""
    return {"PATH": f"{BIN}:/usr/bin:/bin", "HOME": str(clone.parent)}


@pytest.mark.parametrize(
    "command",
    [["dagster", "definitions", "validate"], ["dg", "check", "defs"], ["dg", "list", "defs", "--json"]],
    ids=" ".join,
)
def test_definitions_load_in_a_plain_clone(clone: Path, command: Sequence[str]) -> None:
    """No variable is set; nothing is left behind but what Python and Dagster keep for themselves."""
    before = {path.name for path in clone.iterdir()}
    done = subprocess.run(
        command, cwd=clone, env=environment(clone), capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Traceback" not in done.stdout + done.stderr
    assert {path.name for path in clone.iterdir()} == before


@pytest.mark.slow
@pytest.mark.parametrize("command", [["dagster", "dev"], ["dg", "dev"]], ids=" ".join)
def test_dagster_starts_in_a_plain_clone(clone: Path, command: Sequence[str]) -> None:
    """The UI answers, and nothing failed on the way."""
    port = free_port()
    assert "Traceback" not in served([*command, "--port", str(port)], clone, environment(clone), port)


@pytest.mark.slow
def test_make_dev_starts_without_a_warning(tmp_path: Path) -> None:
    """It starts nothing superseded, and Dagster finds no second configuration."""
    port, venv = free_port(), BIN.parent
    command = ["make", "-o", f"{venv}/.installed", "dev", f"VENV={venv}", f"PORT={port}"]
    home = {"WRAPPED_HOME": str(tmp_path / "home")}
    # Nothing is installed: what `make` would do first is taken as done.
    log = served(command, ROOT, environment(tmp_path / "clone") | home, port)
    assert "warning" not in log.replace("--log-level warning", "").lower()
    assert "Traceback" not in log


def served(command: Sequence[str], folder: Path, variables: dict[str, str], port: int) -> str:
    """Start Dagster, wait until its server answers, stop it; returns what it printed."""
    log = Path(variables["HOME"]) / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, env=variables, stdout=output, stderr=output, start_new_session=True
        )
    try:
        deadline, pause = time.monotonic() + START_SECONDS, threading.Event()
        while '"dagster_version"' not in asked(f"http://127.0.0.1:{port}/server_info"):
            assert process.poll() is None and time.monotonic() < deadline, log.read_text()[-3000:]
            pause.wait(0.5)
        printed = log.read_text()
    finally:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(60)
        # Dagster's webserver has been seen not to stop in a minute. Whatever is left is of this session.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return printed


def asked(url: str) -> str:
    """The answer, or nothing while nobody listens there."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return str(response.read().decode())
    except (urllib.error.URLError, TimeoutError):
        return ""
