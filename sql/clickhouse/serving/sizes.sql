-- Parts of the kind sizes: the last reading of each data source, whatever its name and workspace were, for a serving snapshot.
-- One row per (organization_id, region, {period}, id).
-- Reads {level}_storage_sizes. 128 bits travel as text: Arrow has no such integer.
select
    organization_id,
    region,
    {period},
    'sizes' as kind,
    datasource_id as id,
    argMax(state_name, state_at) as label,
    sum(state_readings) as amount,
    0 as errors,
    toString(argMax(state_bytes, state_at)) as bytes,
    toString(argMax(state_rows, state_at)) as rows,
    max(state_at) as last_at
from (
    select
        organization_id,
        region,
        {period},
        datasource_id,
        datasource_name as state_name,
        finalizeAggregation(readings) as state_readings,
        finalizeAggregation(last_at) as state_at,
        finalizeAggregation(bytes) as state_bytes,
        finalizeAggregation(rows) as state_rows
    from {level}_storage_sizes
    where {period} >= {since:Date32} and {period} < {until:Date32}
)
group by organization_id, region, {period}, datasource_id
