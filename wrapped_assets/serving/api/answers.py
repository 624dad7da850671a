"""What an endpoint answers."""

from dataclasses import dataclass

from wrapped_assets.product import Row


@dataclass(frozen=True)
class Answer:
    """Rows with their columns, each a name and ClickHouse's name of its type, and what it took to make them."""

    columns: list[tuple[str, str]]
    rows: list[Row]
    rows_read: int
    bytes_read: int
