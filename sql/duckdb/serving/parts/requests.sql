-- Parts of the kind requests: API requests by workspace.
-- One row per (organization_id, region, {period}, id).
-- Reads a rollup of pipe_stats by pipe, from $from up to $to.
select
    organization_id,
    region,
    {period},
    'requests' as kind,
    workspace_id as id,
    '' as label,
    cast(sum(requests) as bigint) as amount,
    if(sum(errors_unknown) = 0, cast(sum(errors) as bigint), null) as errors,
    cast(sum(read_bytes) as hugeint) as bytes,
    cast(sum(read_rows) as hugeint) as rows,
    cast(null as timestamp) as last_at
from {source}
where {period} >= $from and {period} < $to
group by organization_id, region, {period}, workspace_id
