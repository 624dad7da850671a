-- Parts of the kind {kind}, for a serving snapshot and what replaces some of it.
-- One row per (organization_id, region, {period}, id, label); of readings, whose last one counts, per (organization_id, region, {period}, id).
-- Reads a rollup from $from up to $to. A data source of a region has one reading per instant, so the last one is never a tie.
select
    organization_id,
    region,
    {period},
    '{kind}' as kind,
    {id} as id,
    {label} as label,
    cast(sum({amount}) as bigint) as amount,
    cast({errors} as bigint) as errors,
    cast({bytes} as hugeint) as bytes,
    cast({rows} as hugeint) as rows,
    cast({last_at} as timestamp) as last_at
from {source}
where {period} >= $from and {period} < $to
group by {group}
