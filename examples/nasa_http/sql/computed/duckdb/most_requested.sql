-- The three URLs with most requests.
-- One row per URL.
-- Reads the monthly rollup.
with urls as (
    select
        pipe_name,
        cast(sum(requests) as bigint) as requests,
        row_number() over (order by sum(requests) desc, pipe_name) as position
    from monthly.pipe_stats_requests
    group by pipe_name
)

select 'url ' || position as what, pipe_name, requests
from urls
where position <= 3
order by position
