-- The five workspaces with most requests. Equals go by bytes, then by their ids.
-- One row per customer with a request or an operation in $year.
-- Reads members, a year of the yearly rollups of requests and operations, and the workspaces' names.
with parts as (
    select customer, organization_id, region, workspace_id, requests, read_bytes as bytes_read, 0 as bytes_written
    from yearly.pipe_stats_requests
    join members using (organization_id)
    where year = make_date($year, 1, 1)
    union all
    select
        customer, organization_id, region, workspace_id,
        0 as requests, 0 as bytes_read, written_bytes as bytes_written
    from yearly.ingestion_operations
    join members using (organization_id)
    where year = make_date($year, 1, 1)
),

totals as (
    select
        customer,
        organization_id,
        region,
        workspace_id,
        cast(sum(requests) as bigint) as requests,
        sum(bytes_read) as bytes_read,
        sum(bytes_written) as bytes_written
    from parts
    group by customer, organization_id, region, workspace_id
),

ranked as (
    select
        *,
        row_number() over (
            partition by customer
            order by requests desc, bytes_read + bytes_written desc, workspace_id, organization_id, region
        ) as position
    from totals
),

-- A workspace's name is that of its own region's snapshot, or else the newest that its organization has for this id elsewhere.
named as (
    select
        ranked.customer,
        ranked.position,
        ranked.requests,
        ranked.bytes_read,
        ranked.bytes_written,
        arg_max_null(
            names.name,
            (names.region = ranked.region, names.exported_at, names.name is not null, coalesce(names.name, ''), names.region)
        ) as name
    from ranked
    left join dimensions.workspaces as names using (organization_id, workspace_id)
    where ranked.position <= 5
    group by all
)

select
    customer,
    list(
        struct_pack(name := name, requests := requests, bytes_read := bytes_read, bytes_written := bytes_written)
        order by position
    ) as workspaces
from named
group by customer
