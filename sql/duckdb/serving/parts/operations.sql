-- Parts of the kind operations: data source operations by workspace and event type.
-- One row per (organization_id, region, {period}, id, label).
-- Reads a rollup of ingestion by data source, from $from up to $to.
select
    organization_id,
    region,
    {period},
    'operations' as kind,
    workspace_id as id,
    event_type as label,
    cast(sum(operations) as bigint) as amount,
    cast(sum(failures) as bigint) as errors,
    cast(sum(written_bytes) as hugeint) as bytes,
    cast(sum(written_rows) as hugeint) as rows,
    cast(null as timestamp) as last_at
from {source}
where {period} >= $from and {period} < $to
group by organization_id, region, {period}, workspace_id, event_type
