-- Parts of the kind operations: data source operations by workspace and event type, for a serving snapshot.
-- One row per (organization_id, region, {period}, id, label).
-- Reads {level}_ingestion_operations. 128 bits travel as text: Arrow has no such integer.
select
    organization_id,
    region,
    {period},
    'operations' as kind,
    workspace_id as id,
    event_type as label,
    sumMerge(state.operations) as amount,
    sumMerge(state.failures) as errors,
    toString(sumMerge(state.written_bytes)) as bytes,
    toString(sumMerge(state.written_rows)) as rows
from {level}_ingestion_operations as state
where {period} >= {since:Date32} and {period} < {until:Date32}
group by organization_id, region, {period}, workspace_id, event_type
