-- main.wrapped_summaries: the final integers of each customer's year; rates, percentages and ranks are computed from them. A null is a
-- number that some request of the year does not say.
-- One row per (year, wrapped_id).
-- Written by wrapped_summaries from sql/duckdb/summaries/facts.sql; read through sql/duckdb/summaries/read.sql.
create table if not exists main.wrapped_summaries (
    year smallint not null,
    wrapped_id varchar not null,
    requests bigint not null,
    errors bigint,
    bytes_read hugeint not null,
    rows_read hugeint not null,
    result_rows hugeint,
    p50_us bigint,
    p95_us bigint,
    p99_us bigint,
    hours struct(hour_of_day utinyint, requests bigint)[],
    workspaces struct(name varchar, requests bigint, bytes_read hugeint, bytes_written hugeint)[],
    pipes struct(name varchar, requests bigint)[],
    regions struct(region varchar, requests bigint)[],
    storage_bytes hugeint,
    storage_rows hugeint,
    largest_datasource struct(name varchar, bytes hugeint, rows hugeint),
    ingestion_bytes hugeint not null,
    ingestion_rows hugeint not null,
    ingestion_operations bigint not null,
    event_types struct(event_type varchar, bytes hugeint, rows hugeint, operations bigint)[],
    previous_requests bigint,
    previous_months struct(first_day date, requests bigint)[]
)
