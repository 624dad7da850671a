-- The three first path segments with most requests, over all organizations.
-- One row per segment.
-- Reads the monthly rollup and the workspaces' names.
with segments as (
    select named.name as name, sumMerge(monthly.requests) as segment_requests, sumMerge(monthly.read_bytes) as segment_bytes
    from monthly_pipe_stats_requests as monthly
    join dimensions_workspaces as named on named.workspace_id = monthly.workspace_id
    group by named.name
)

select
    'workspace ' || toString(row_number() over (order by segment_requests desc, name)) as what,
    name,
    segment_requests,
    segment_bytes
from segments
order by segment_requests desc, name
limit 3
