-- The three URLs with most requests.
-- One row per URL.
-- Reads the monthly rollup.
with urls as (
    select pipe_name, sumMerge(requests) as url_requests
    from monthly_pipe_stats_requests
    group by pipe_name
)

select 'url ' || toString(row_number() over (order by url_requests desc, pipe_name)) as what, pipe_name, url_requests
from urls
order by url_requests desc, pipe_name
limit 3
