-- operations: data source operations by workspace and kind, for a serving snapshot.
-- One row per (organization_id, {period}, workspace_id, event_type).
-- Reads {level}_ingestion_operations. 128 bits travel as text: Arrow has no such integer.
select
    organization_id,
    {period},
    workspace_id,
    event_type,
    sumMerge(state.operations) as operations,
    toString(sumMerge(state.written_bytes)) as written_bytes,
    toString(sumMerge(state.written_rows)) as written_rows
from {level}_ingestion_operations as state
where {period} >= {since:Date32} and {period} < {until:Date32}
group by organization_id, {period}, workspace_id, event_type
