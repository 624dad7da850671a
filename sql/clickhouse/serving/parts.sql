-- Parts of the kind {kind}, for a serving snapshot.
-- One row per (organization_id, region, {period}, id, label); of readings, whose last one counts, per (organization_id, region, {period}, id).
-- Reads a rollup's rows. 128 bits travel as text: Arrow has no such integer.
select
    organization_id,
    region,
    {period},
    '{kind}' as kind,
    {id} as id,
    {label} as label,
    sum({amount}) as amount,
    cast({errors} as Nullable(Int64)) as errors,
    toString({bytes}) as bytes,
    toString({rows}) as rows,
    cast({last_at} as Nullable(DateTime64(6, 'UTC'))) as last_at
from ({source}) as state
where state.{period} >= {since:Date32} and state.{period} < {until:Date32}
group by {group}
