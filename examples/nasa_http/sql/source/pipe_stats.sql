-- pipe_stats of one region: the lines of the log whose host hashes to it.
-- One row per line of the log, the 14 lines that repeat another one exactly included.
-- Reads the log in $path. The lines that upstream appended in 2018 stay out: they are no part of the log.
insert into pipe_stats by name
select
    -- The server's clock ran four hours behind UTC.
    cast(ts_local + interval 4 hours as timestamp_ms) as start_datetime,
    host as organization_id,
    -- A workspace belongs to one organization, so its id holds both; its name is the path alone.
    host || ' ' || first_segment as workspace_id,
    url as pipe_id,
    url as pipe_name,
    -- What tells two equal lines apart is where they stand.
    'line-' || lpad(cast(file_row_number + 1 as varchar), 7, '0') as request_id,
    status as status_code,
    cast(status >= 400 as utinyint) as error,
    -- '-' in the log: nothing was sent.
    coalesce(bytes, 0) as read_bytes,
    -- Five requests were too broken to have a method; a log writes what it does not have as '-'.
    coalesce(method, '-') as method,
    -- The log does not have these; README.md says so.
    0 as duration,
    0 as read_rows,
    0 as result_rows,
    0 as cpu_time,
    null as user_agent
from (
    select
        *,
        case
            when starts_with(url, '/') then '/' || split_part(split_part(url, '?', 1), '/', 2)
            else '(no path)'
        end as first_segment
    from read_parquet($path, file_row_number = true)
    where not is_injected and md5_number_lower(host) % $regions = $region
)
order by start_datetime, request_id
