-- The three URLs most often asked for and not found.
-- One row per URL.
-- Reads raw, the only layer that keeps the status.
with urls as (
    select pipe_name, count() as requests
    from raw_pipe_stats
    where status_code = 404
    group by pipe_name
)

select 'not found ' || toString(row_number() over (order by requests desc, pipe_name)) as what, pipe_name, requests
from urls
order by requests desc, pipe_name
limit 3
