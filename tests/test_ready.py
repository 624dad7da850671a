"""What `make dev` is told before Dagster starts."""

import socket
from pathlib import Path

import pytest

from wrapped_assets.cli.ready import problem


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A home of its own."""
    monkeypatch.setenv("WRAPPED_HOME", str(tmp_path / "home"))
    return tmp_path


def test_a_port_is_refused_while_it_is_taken_and_only_then() -> None:
    """Dagster would say that it serves there, and serve nothing."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert problem(port).startswith(f"Port {port} cannot be used: Address already in use.")
    assert problem(port) == ""


@pytest.mark.parametrize("port", ["abc", "0", "99999", ""])
def test_what_is_no_port_is_told(port: str) -> None:
    """With what would be one."""
    assert problem(port).startswith(f"PORT is '{port}', expected a number from 1 to 65535.")


def test_settings_and_a_home_that_cannot_be_used_come_first(
    monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    """Dagster would start without any asset."""
    monkeypatch.setenv("WRAPPED_THREADS", "zero")
    assert "WRAPPED_THREADS: is 'zero'" in problem("3000")
    monkeypatch.delenv("WRAPPED_THREADS")
    (home / "file").touch()
    monkeypatch.setenv("WRAPPED_HOME", str(home / "file" / "x"))
    assert "could not be used: Not a directory." in problem("3000")
