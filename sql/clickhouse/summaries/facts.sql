-- wrapped_summaries: the final integers of each wanted customer's year.
-- One row per wrapped_id that has any activity in {year}.
-- Reads staging_members (the organizations of the customers to compute), twelve months of the rollups, and the workspaces' names.
-- The sorting key of the months starts with the organization: the other customers are not read.
insert into {staging}
with requests as (
    select
        members.wrapped_id as customer,
        monthly.organization_id as organization_id,
        monthly.workspace_id as workspace_id,
        monthly.pipe_id as pipe_id,
        monthly.pipe_name as pipe_name,
        monthly.region as region,
        sumMerge(monthly.requests) as requests,
        sumMerge(monthly.errors) as errors,
        sumMerge(monthly.errors_unknown) as errors_unknown,
        sumMerge(monthly.read_bytes) as bytes_read,
        sumMerge(monthly.read_rows) as rows_read,
        sumMerge(monthly.result_rows) as result_rows,
        sumMerge(monthly.result_rows_unknown) as result_rows_unknown,
        maxMerge(monthly.last_at) as last_at
    from monthly_pipe_stats_requests as monthly
    join staging_members as members on members.organization_id = monthly.organization_id
    where monthly.month >= makeDate32({year:Int32}, 1, 1) and monthly.month < makeDate32({year:Int32} + 1, 1, 1)
        and monthly.organization_id in (select organization_id from staging_members)
    group by customer, organization_id, workspace_id, pipe_id, pipe_name, region
),

operations as (
    select
        members.wrapped_id as customer,
        monthly.organization_id as organization_id,
        monthly.region as region,
        monthly.workspace_id as workspace_id,
        monthly.event_type as event_type,
        sumMerge(monthly.operations) as operations,
        sumMerge(monthly.written_bytes) as bytes_written,
        sumMerge(monthly.written_rows) as rows_written
    from monthly_ingestion_operations as monthly
    join staging_members as members on members.organization_id = monthly.organization_id
    where monthly.month >= makeDate32({year:Int32}, 1, 1) and monthly.month < makeDate32({year:Int32} + 1, 1, 1)
        and monthly.organization_id in (select organization_id from staging_members)
    group by customer, organization_id, region, workspace_id, event_type
),

-- A gauge: of each data source only its last reading of the year counts.
sizes as (
    select
        members.wrapped_id as customer,
        monthly.organization_id as organization_id,
        monthly.region as region,
        monthly.datasource_id as datasource_id,
        argMax(monthly.datasource_name, finalizeAggregation(monthly.last_at)) as name,
        argMaxMerge(monthly.bytes) as bytes,
        argMaxMerge(monthly.rows) as rows
    from monthly_storage_sizes as monthly
    join staging_members as members on members.organization_id = monthly.organization_id
    where monthly.month >= makeDate32({year:Int32}, 1, 1) and monthly.month < makeDate32({year:Int32} + 1, 1, 1)
        and monthly.organization_id in (select organization_id from staging_members)
    group by customer, organization_id, region, datasource_id
),

request_totals as (
    select
        customer,
        sum(requests) as total_requests,
        if(sum(errors_unknown) = 0, sum(errors), null) as total_errors,
        sum(bytes_read) as total_bytes_read,
        sum(rows_read) as total_rows_read,
        if(sum(result_rows_unknown) = 0, sum(result_rows), null) as total_result_rows
    from requests
    group by customer
),

-- The percentile is the largest value of the bucket that holds the nearest rank, so it never flatters.
histograms as (
    select
        members.wrapped_id as customer,
        sumMapMerge(monthly.histogram) as whole,
        whole.1 as buckets,
        arrayCumSum(whole.2) as so_far,
        arraySum(whole.2) as total
    from monthly_pipe_stats_durations as monthly
    join staging_members as members on members.organization_id = monthly.organization_id
    where monthly.month >= makeDate32({year:Int32}, 1, 1) and monthly.month < makeDate32({year:Int32} + 1, 1, 1)
        and monthly.organization_id in (select organization_id from staging_members)
    group by customer
),

percentiles as (
    select
        histograms.customer as customer,
        arrayMap(
            bucket -> bitShiftLeft(
                bucket - greatest(intDiv(bucket, 128) - 1, 0) * 128 + 1, greatest(intDiv(bucket, 128) - 1, 0)
            ) - 1,
            arrayMap(
                percent -> toInt64(buckets[arrayFirstIndex(count -> count * 100 >= total * percent, so_far)]),
                [50, 95, 99]
            )
        ) as largest_us
    from histograms
    -- None when one request does not say its duration: it is in no bucket.
    join request_totals on request_totals.customer = histograms.customer
        and request_totals.total_requests = histograms.total
),

day_totals as (
    select
        members.wrapped_id as customer,
        monthly.event_date as event_date,
        sumMerge(monthly.requests) as requests,
        if(sumMerge(monthly.errors_unknown) = 0, toInt64(sumMerge(monthly.errors)), null) as errors
    from monthly_pipe_stats_days as monthly
    join staging_members as members on members.organization_id = monthly.organization_id
    where monthly.month >= makeDate32({year:Int32}, 1, 1) and monthly.month < makeDate32({year:Int32} + 1, 1, 1)
        and monthly.organization_id in (select organization_id from staging_members)
    group by customer, event_date
),

days as (
    select customer, arraySort(groupArray((event_date, requests, errors))) as days
    from day_totals
    group by customer
),

hour_totals as (
    select
        members.wrapped_id as customer,
        monthly.hour_of_day as hour_of_day,
        sumMerge(monthly.requests) as requests
    from monthly_pipe_stats_hours as monthly
    join staging_members as members on members.organization_id = monthly.organization_id
    where monthly.month >= makeDate32({year:Int32}, 1, 1) and monthly.month < makeDate32({year:Int32} + 1, 1, 1)
        and monthly.organization_id in (select organization_id from staging_members)
    group by customer, hour_of_day
),

hours as (
    select customer, arraySort(groupArray((hour_of_day, requests))) as hours
    from hour_totals
    group by customer
),

workspace_totals as (
    select
        customer,
        organization_id,
        region,
        workspace_id,
        sum(part_requests) as requests,
        sum(part_read) as bytes_read,
        sum(part_written) as bytes_written
    from (
        select
            customer, organization_id, region, workspace_id,
            requests as part_requests, bytes_read as part_read, toInt128(0) as part_written
        from requests
        union all
        select customer, organization_id, region, workspace_id, toInt64(0), toInt128(0), bytes_written
        from operations
    )
    group by customer, organization_id, region, workspace_id
),

ranked_workspaces as (
    select
        *,
        row_number() over (
            partition by customer
            order by requests desc, bytes_read + bytes_written desc, workspace_id, organization_id, region
        ) as position
    from workspace_totals
),

-- A workspace's name is that of its own region's snapshot, or else the newest that its organization has for this id elsewhere.
named_workspaces as (
    select
        ranked.customer as customer,
        ranked.position as position,
        ranked.requests as requests,
        ranked.bytes_read as bytes_read,
        ranked.bytes_written as bytes_written,
        -- In a tuple: argMax passes over what is null.
        argMax(
            tuple(named.name),
            (
                ifNull(named.region = ranked.region, false),
                ifNull(named.exported_at, toDateTime64(0, 6, 'UTC')),
                isNotNull(named.name),
                ifNull(named.name, ''),
                ifNull(named.region, '')
            )
        ).1 as name
    from ranked_workspaces as ranked
    left join dimensions_workspaces as named
        on named.organization_id = ranked.organization_id and named.workspace_id = ranked.workspace_id
    where ranked.position <= 5
    group by customer, position, requests, bytes_read, bytes_written
),

workspaces as (
    select
        customer,
        arrayMap(
            item -> (item.2, item.3, item.4, item.5),
            arraySort(groupArray((position, name, requests, bytes_read, bytes_written)))
        ) as workspaces
    from named_workspaces
    group by customer
),

-- A renamed pipe is one pipe, shown under the name of its newest request.
pipe_totals as (
    select
        customer,
        organization_id,
        region,
        pipe_id,
        argMax(pipe_name, (last_at, pipe_name)) as name,
        sum(requests) as total
    from requests
    group by customer, organization_id, region, pipe_id
),

ranked_pipes as (
    select *, row_number() over (partition by customer order by total desc, pipe_id, organization_id, region) as position
    from pipe_totals
),

pipes as (
    select
        customer,
        arrayMap(item -> (item.2, item.3), arraySort(groupArray((position, toString(name), total)))) as pipes
    from ranked_pipes
    where position <= 5
    group by customer
),

region_totals as (
    select customer, region, sum(requests) as total
    from requests
    group by customer, region
),

ranked_regions as (
    select *, row_number() over (partition by customer order by total desc, region) as position
    from region_totals
),

regions as (
    select
        customer,
        arrayMap(item -> (item.2, item.3), arraySort(groupArray((position, toString(region), total)))) as regions
    from ranked_regions
    where position <= 20
    group by customer
),

ranked_sizes as (
    select
        *,
        row_number() over (
            partition by customer order by bytes desc, rows desc, datasource_id, organization_id, region
        ) as position
    from sizes
),

storage as (
    select
        customer,
        sum(bytes) as storage_bytes,
        sum(rows) as storage_rows,
        groupArrayIf((toString(name), bytes, rows), position = 1) as largest_datasource
    from ranked_sizes
    group by customer
),

ingestion as (
    select
        customer,
        sum(bytes_written) as ingestion_bytes,
        sum(rows_written) as ingestion_rows,
        sum(operations) as ingestion_operations
    from operations
    group by customer
),

event_type_totals as (
    select
        customer,
        event_type,
        sum(bytes_written) as bytes,
        sum(rows_written) as rows,
        sum(operations) as total
    from operations
    group by customer, event_type
),

ranked_event_types as (
    select *, row_number() over (partition by customer order by bytes desc, event_type) as position
    from event_type_totals
),

event_types as (
    select
        customer,
        arrayMap(
            item -> (item.2, item.3, item.4, item.5), arraySort(groupArray((position, toString(event_type), bytes, rows, total)))
        ) as event_types
    from ranked_event_types
    where position <= 3
    group by customer
),

previous as (
    select
        customer,
        sum(requests) as previous_requests,
        arraySort(groupArray((first_day, requests))) as previous_months
    from (
        select
            members.wrapped_id as customer,
            min(monthly.event_date) as first_day,
            sumMerge(monthly.requests) as requests
        from monthly_pipe_stats_days as monthly
        join staging_members as members on members.organization_id = monthly.organization_id
        where monthly.month >= makeDate32({year:Int32} - 1, 1, 1) and monthly.month < makeDate32({year:Int32}, 1, 1)
            and monthly.organization_id in (select organization_id from staging_members)
        group by customer, monthly.month
    )
    group by customer
),

active as (
    select customer from request_totals
    union distinct
    select customer from ingestion
    union distinct
    select customer from storage
)

select
    {year:Int32} as year,
    active.customer as wrapped_id,
    ifNull(request_totals.total_requests, 0) as requests,
    if(request_totals.total_requests is null, 0, request_totals.total_errors) as errors,
    ifNull(request_totals.total_bytes_read, 0) as bytes_read,
    ifNull(request_totals.total_rows_read, 0) as rows_read,
    if(request_totals.total_requests is null, 0, request_totals.total_result_rows) as result_rows,
    if(empty(percentiles.largest_us), null, percentiles.largest_us[1]) as p50_us,
    if(empty(percentiles.largest_us), null, percentiles.largest_us[2]) as p95_us,
    if(empty(percentiles.largest_us), null, percentiles.largest_us[3]) as p99_us,
    days.days,
    hours.hours,
    workspaces.workspaces,
    pipes.pipes,
    regions.regions,
    storage.storage_bytes,
    storage.storage_rows,
    storage.largest_datasource,
    ifNull(ingestion.ingestion_bytes, 0) as ingestion_bytes,
    ifNull(ingestion.ingestion_rows, 0) as ingestion_rows,
    ifNull(ingestion.ingestion_operations, 0) as ingestion_operations,
    event_types.event_types,
    previous.previous_requests,
    previous.previous_months
from active
left join request_totals on request_totals.customer = active.customer
left join percentiles on percentiles.customer = active.customer
left join days on days.customer = active.customer
left join hours on hours.customer = active.customer
left join workspaces on workspaces.customer = active.customer
left join pipes on pipes.customer = active.customer
left join regions on regions.customer = active.customer
left join storage on storage.customer = active.customer
left join ingestion on ingestion.customer = active.customer
left join event_types on event_types.customer = active.customer
left join previous on previous.customer = active.customer
