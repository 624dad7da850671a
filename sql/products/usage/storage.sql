-- What is kept: of each data source only its last reading of the year counts. The largest has most bytes, then rows, then the first id.
-- One row per customer with a reading in $year.
-- Reads members and a year of the yearly rollup of sizes.
with datasources as (
    select
        customer,
        organization_id,
        region,
        datasource_id,
        arg_max(datasource_name, last_at) as name,
        arg_max(bytes, last_at) as bytes,
        arg_max(rows, last_at) as rows
    from yearly.storage_sizes
    join members using (organization_id)
    where year = make_date($year, 1, 1)
    group by customer, organization_id, region, datasource_id
),

ranked as (
    select
        *,
        row_number() over (
            partition by customer order by bytes desc, rows desc, datasource_id, organization_id, region
        ) as position
    from datasources
)

select
    customer,
    sum(bytes) as storage_bytes,
    sum(rows) as storage_rows,
    min(struct_pack(name := name, bytes := bytes, rows := rows)) filter (where position = 1) as largest_datasource
from ranked
group by customer
