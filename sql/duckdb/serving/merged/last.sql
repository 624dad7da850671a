-- Parts that are readings, merged to {period}s: the last one counts.
-- One row per (organization, {period}, id).
-- Reads parts of the level below.
select
    organization,
    cast(date_trunc('{period}', {source_period}) as {period_type}) as {period},
    kind,
    id,
    arg_max(label, last_at) as label,
    cast(sum(amount) as bigint) as amount,
    cast(sum(errors) as bigint) as errors,
    arg_max(bytes, last_at) as bytes,
    arg_max(rows, last_at) as rows,
    max(last_at) as last_at
from {source}
group by all
