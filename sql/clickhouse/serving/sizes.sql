-- sizes: the last reading of each data source in the {period}, whatever its name, workspace and region were, for a serving snapshot.
-- One row per (organization_id, {period}, datasource_id).
-- Reads {level}_storage_sizes. 128 bits travel as text: Arrow has no such integer.
select
    organization_id,
    {period},
    datasource_id,
    argMax(state_name, state_at) as datasource_name,
    max(state_at) as last_at,
    toString(argMax(state_bytes, state_at)) as bytes,
    toString(argMax(state_rows, state_at)) as rows
from (
    select
        organization_id,
        {period},
        datasource_id,
        datasource_name as state_name,
        finalizeAggregation(last_at) as state_at,
        finalizeAggregation(bytes) as state_bytes,
        finalizeAggregation(rows) as state_rows
    from {level}_storage_sizes
    where {period} >= {since:Date32} and {period} < {until:Date32}
)
group by organization_id, {period}, datasource_id
