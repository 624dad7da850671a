-- {level}.parts: all that an answer about some {period}s is made of. One table for every kind of part, because one statement is
-- what an answer takes its time for: four tables cost three times as much (measured; see docs/decisions/0012-serving-snapshot.md).
-- One row per (organization, {period}, kind, id, label), for sizes per (organization, {period}, id). An organization is one in a region.
--
-- | kind       | id            | label           | amount     | bytes, rows            | last_at         |
-- |------------|---------------|-----------------|------------|------------------------|-----------------|
-- | requests   | workspace_id  |                 | requests   | read                   |                 |
-- | operations | workspace_id  | event_type      | operations | written                |                 |
-- | sizes      | datasource_id | datasource_name | readings   | at the last reading    | of that reading |
-- | days       |               | '1:20,31:7'     | requests   |                        |                 |
--
-- `errors` is null when one of these requests does not say whether it failed.
-- `days` is kept by month only: its label has the requests of each day of the month with any, in order.
create table {level}.parts (
    organization integer not null,
    {period} {period_type} not null,
    kind varchar not null,
    id varchar,
    label varchar not null,
    amount bigint not null,
    errors bigint,
    bytes hugeint not null,
    rows hugeint not null,
    last_at timestamp
)
