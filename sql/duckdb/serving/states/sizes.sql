-- sizes: the last reading of each data source, whatever its name, workspace and region were at the time.
-- One row per ({owner}, {period}, datasource_id).
-- Reads rows of the level below, or of this one. A data source has one reading per instant, so the last one is never a tie.
select
    {owner},
    cast(date_trunc('{period}', {source_period}) as {period_type}) as {period},
    datasource_id,
    arg_max(datasource_name, last_at) as datasource_name,
    cast(max(last_at) as timestamp) as last_at,
    cast(arg_max(bytes, last_at) as hugeint) as bytes,
    cast(arg_max(rows, last_at) as hugeint) as rows
from {source}
where {source_period} >= $from and {source_period} < $to
group by all
