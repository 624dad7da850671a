-- {level}.requests: API requests by workspace.
-- One row per (organization, {period}, workspace_id).
-- Merged from pipe_stats_requests.
create table {level}.requests (
    organization integer not null,
    {period} {period_type} not null,
    workspace_id varchar not null,
    requests bigint not null,
    errors bigint not null,
    read_bytes hugeint not null,
    read_rows hugeint not null
)
