-- Parts of the kind sizes: the last reading of each data source, whatever its name and workspace were. A gauge.
-- One row per (organization_id, region, {period}, id).
-- Reads a rollup of storage, from $from up to $to. A data source of a region has one reading per instant, so the last one is never a tie.
select
    organization_id,
    region,
    {period},
    'sizes' as kind,
    datasource_id as id,
    arg_max(datasource_name, last_at) as label,
    cast(sum(readings) as bigint) as amount,
    0 as errors,
    cast(arg_max(bytes, last_at) as hugeint) as bytes,
    cast(arg_max(rows, last_at) as hugeint) as rows,
    cast(max(last_at) as timestamp) as last_at
from {source}
where {period} >= $from and {period} < $to
group by organization_id, region, {period}, datasource_id
