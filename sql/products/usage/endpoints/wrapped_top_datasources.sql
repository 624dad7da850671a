-- The largest data sources at the last reading of each.
-- One row per data source.
-- Reads organizations and daily_sizes.
with wanted as (
    select organization, organization_id, region
    from organizations
    where wrapped_id in (select trim(unnest(string_split($wrapped_id, ',')), ' '))
),

last_readings as (
    select
        wanted.organization_id,
        wanted.region,
        sizes.datasource_id,
        arg_max(sizes.datasource_name, sizes.last_at) as name,
        arg_max(sizes.bytes, sizes.last_at) as bytes,
        arg_max(sizes.rows, sizes.last_at) as rows
    from daily_sizes as sizes
    join wanted using (organization)
    where sizes.day >= $start_date and sizes.day < $end_date
    group by wanted.organization_id, wanted.region, sizes.datasource_id
)

select name, bytes, rows
from last_readings
order by bytes desc, rows desc, datasource_id, organization_id, region
limit greatest($limit, 0)
