"""Commands that messages tell to run next do run when they are pasted into a shell there."""

import subprocess
import sys
from pathlib import Path

import pytest

from wrapped_assets.command import wrapped


@pytest.mark.parametrize(
    ("scripts", "here"),
    [("venv/bin", "."), ("my project/bin", "."), ("venv/bin", "venv/bin"), ("venv/bin", "elsewhere")],
)
def test_a_printed_command_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scripts: str, here: str
) -> None:
    """Also with a space in its path, from beside it, and from a folder that it is not below."""
    script = tmp_path / scripts / "wrapped"
    script.parent.mkdir(parents=True)
    script.write_text('#!/bin/sh\necho ran "$@"\n')
    script.chmod(0o755)
    (tmp_path / here).mkdir(exist_ok=True)
    monkeypatch.setattr(sys, "executable", str(script.with_name("python")))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.chdir(tmp_path / here)
    done = subprocess.run(["sh", "-c", wrapped("check --year 2025")], capture_output=True, text=True)
    assert done.stdout == "ran check --year 2025\n"


def test_a_removed_working_directory_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said inside of errors: another one there would hide them."""
    monkeypatch.setenv("PATH", "/nowhere")
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert wrapped("demo").endswith(" demo")
