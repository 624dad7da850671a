-- operations: data source operations by workspace and kind, from a rollup by data source.
-- One row per ({owner}, {period}, workspace_id, event_type).
-- Reads rows of the level below, or of this one.
select
    {owner},
    cast(date_trunc('{period}', {source_period}) as {period_type}) as {period},
    workspace_id,
    event_type,
    cast(sum(operations) as bigint) as operations,
    cast(sum(written_bytes) as hugeint) as written_bytes,
    cast(sum(written_rows) as hugeint) as written_rows
from {source}
where {source_period} >= $from and {source_period} < $to
group by all
