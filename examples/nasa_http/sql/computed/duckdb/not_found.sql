-- The three URLs most often asked for and not found.
-- One row per URL.
-- Reads raw, the only layer that keeps the status.
with urls as (
    select
        pipe_name,
        count(*) as requests,
        row_number() over (order by count(*) desc, pipe_name) as position
    from raw.pipe_stats
    where status_code = 404
    group by pipe_name
)

select 'not found ' || position as what, pipe_name, requests
from urls
where position <= 3
order by position
