-- requests: API requests by workspace, for a serving snapshot.
-- One row per (organization_id, {period}, workspace_id).
-- Reads {level}_pipe_stats_requests. 128 bits travel as text: Arrow has no such integer.
select
    organization_id,
    {period},
    workspace_id,
    sumMerge(state.requests) as requests,
    toInt64(sumMerge(state.errors)) as errors,
    toString(sumMerge(state.read_bytes)) as read_bytes,
    toString(sumMerge(state.read_rows)) as read_rows
from {level}_pipe_stats_requests as state
where {period} >= {since:Date32} and {period} < {until:Date32}
group by organization_id, {period}, workspace_id
