-- pipe_stats of a region's own database.
-- One row per API request.
-- Reads nothing.
create table pipe_stats (
    start_datetime timestamp_ms not null,
    organization_id varchar not null,
    workspace_id varchar not null,
    pipe_id varchar not null,
    pipe_name varchar not null,
    request_id varchar not null,
    status_code smallint not null,
    error utinyint not null,
    duration double not null,
    read_bytes ubigint not null,
    read_rows ubigint not null,
    result_rows ubigint not null,
    cpu_time double not null,
    method varchar not null,
    user_agent varchar
)
