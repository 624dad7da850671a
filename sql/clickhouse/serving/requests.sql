-- Parts of the kind requests: API requests by workspace, for a serving snapshot.
-- One row per (organization_id, region, {period}, id).
-- Reads {level}_pipe_stats_requests. 128 bits travel as text: Arrow has no such integer.
select
    organization_id,
    region,
    {period},
    'requests' as kind,
    workspace_id as id,
    '' as label,
    sumMerge(state.requests) as amount,
    if(sumMerge(state.errors_unknown) = 0, toInt64(sumMerge(state.errors)), null) as errors,
    toString(sumMerge(state.read_bytes)) as bytes,
    toString(sumMerge(state.read_rows)) as rows
from {level}_pipe_stats_requests as state
where {period} >= {since:Date32} and {period} < {until:Date32}
group by organization_id, region, {period}, workspace_id
