-- main.wrapped_days: each customer's requests by calendar day. Not a list in wrapped_summaries: a refresh writes the
-- months that changed, where a list would be written whole.
-- One row per (year, wrapped_id, day) with any request; `errors` is null when one of them does not say whether it failed.
-- Written by wrapped_summaries from sql/duckdb/summaries/days.sql, together with main.wrapped_summaries.
create table if not exists main.wrapped_days (
    year smallint not null,
    wrapped_id varchar not null,
    day date not null,
    requests bigint not null,
    errors bigint
)
