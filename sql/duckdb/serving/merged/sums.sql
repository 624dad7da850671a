-- Parts of one kind that add up, merged to {period}s.
-- One row per (organization, {period}, id, label).
-- Reads parts of the level below.
select
    organization,
    cast(date_trunc('{period}', {source_period}) as {period_type}) as {period},
    kind,
    id,
    label,
    cast(sum(amount) as bigint) as amount,
    if(count(errors) = count(*), cast(sum(errors) as bigint), null) as errors,
    cast(sum(bytes) as hugeint) as bytes,
    cast(sum(rows) as hugeint) as rows,
    cast(null as timestamp) as last_at
from {source}
group by all
