"""A small synthetic world, built once through Dagster by the command line, for tests of what people use.

Two weeks of forty organizations with every kind of accident. A test that changes something takes a `twin`.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from wrapped_assets.products.usage import synthetic

WRAPPED = Path(sys.executable).with_name("wrapped")
YEAR = 2025
WORLD = synthetic.World(
    seed=7,
    requests=2500,
    organizations=40,
    customers=25,
    first_day=date(YEAR, 1, 27),
    last_day=date(YEAR, 2, 9),
)
SECRET = "a secret of at least 32 bytes, ok!!"


@dataclass(frozen=True)
class BuiltWorld:
    """A home folder, and the landing folder it was built from."""

    home: Path
    landing: Path
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def settings_alone(self) -> dict[str, str]:
        """The variables that make a process work on this world."""
        return {
            "WRAPPED_HOME": str(self.home),
            "DAGSTER_HOME": str(self.home / "dagster"),
            "WRAPPED_LANDING_URL": f"file://{self.landing}",
            "WRAPPED_FIRST_DAY": f"{YEAR}-01-20",
            "WRAPPED_SECRET": SECRET,
            "COLUMNS": "80",
        } | self.settings

    @property
    def environment(self) -> dict[str, str]:
        """The whole environment of such a process."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("WRAPPED_")}
        return kept | self.settings_alone

    def wrapped(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run the command line in a process of its own."""
        command = [str(WRAPPED), *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=300)

    def twin(self, home: Path) -> "BuiltWorld":
        """A copy of all that was built, on the same landing files: copied ones would count as changed."""
        shutil.copytree(self.home, home)
        return replace(self, home=home)

    def with_settings(self, **settings: str) -> "BuiltWorld":
        """The same world under other settings."""
        return replace(self, settings={**self.settings, **settings})

    @property
    def warehouse(self) -> Path:
        """The warehouse file."""
        return self.home / "warehouse.duckdb"


def build(folder: Path) -> BuiltWorld:
    """Make the world below this folder."""
    made = BuiltWorld(folder / "home", folder / "landing")
    synthetic.write_history(WORLD, made.landing, lambda label, done, total: None)
    done = made.wrapped("build", "--year", str(YEAR))
    assert done.returncode == 0, done.stderr
    return made
