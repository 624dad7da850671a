-- requests: API requests by workspace, from a rollup by pipe.
-- One row per ({owner}, {period}, workspace_id).
-- Reads rows of the level below, or of this one.
select
    {owner},
    cast(date_trunc('{period}', {source_period}) as {period_type}) as {period},
    workspace_id,
    cast(sum(requests) as bigint) as requests,
    cast(sum(errors) as bigint) as errors,
    cast(sum(read_bytes) as hugeint) as read_bytes,
    cast(sum(read_rows) as hugeint) as read_rows
from {source}
where {source_period} >= $from and {source_period} < $to
group by all
