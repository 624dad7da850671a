-- The three first path segments with most requests, over all organizations.
-- One row per segment.
-- Reads the monthly rollup and the workspaces' names.
with segments as (
    select
        named.name,
        cast(sum(monthly.requests) as bigint) as requests,
        cast(sum(monthly.read_bytes) as bigint) as bytes,
        row_number() over (order by sum(monthly.requests) desc, named.name) as position
    from monthly.pipe_stats_requests as monthly
    join dimensions.workspaces as named using (workspace_id)
    group by named.name
)

select 'workspace ' || position as what, name, requests, bytes
from segments
where position <= 3
order by position
