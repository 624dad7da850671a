"""This example's own SQL files, by name: `text("computed/duckdb/months")`."""

from pathlib import Path


def text(name: str) -> str:
    """The text of `sql/<name>.sql`."""
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text(encoding="utf-8")
