"""The regional databases, DuckDB files or ClickHouse servers: where the logs are written, read here and never changed."""
