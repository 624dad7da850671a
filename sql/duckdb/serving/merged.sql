-- Parts of one kind, merged to {period}s: sums, or of readings the last one.
-- One row per (organization, {period}, id, label), of readings per (organization, {period}, id).
-- Reads parts of the level below.
select
    organization,
    cast(date_trunc('{period}', {source_period}) as {period_type}) as {period},
    kind,
    id,
    {label} as label,
    cast(sum(amount) as bigint) as amount,
    if(count(errors) = count(*), cast(sum(errors) as bigint), null) as errors,
    cast({bytes} as hugeint) as bytes,
    cast({rows} as hugeint) as rows,
    max(last_at) as last_at
from {source}
group by all
