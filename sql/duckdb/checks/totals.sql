-- Summaries of $year whose totals are not the sums of their organizations' monthly rollups. None is a pass.
-- One row per customer that differs, is missing, or should not be there. A frozen edition left rows out and is passed over.
-- Reads main.wrapped_summaries, main.wrapped_days, main.wrapped_organizations and twelve months of the monthly rollups.
with requests_of_months as (
    select
        organization_id,
        sum(requests) as requests,
        sum(errors) as errors,
        sum(errors_unknown) as errors_unknown,
        sum(read_bytes) as bytes_read,
        sum(read_rows) as rows_read,
        sum(result_rows) as result_rows,
        sum(result_rows_unknown) as result_rows_unknown
    from monthly.pipe_stats_requests
    where month >= make_date($year, 1, 1) and month < make_date($year + 1, 1, 1)
    group by organization_id
),

operations_of_months as (
    select
        organization_id,
        sum(operations) as operations,
        sum(written_bytes) as written_bytes,
        sum(written_rows) as written_rows
    from monthly.ingestion_operations
    where month >= make_date($year, 1, 1) and month < make_date($year + 1, 1, 1)
    group by organization_id
),

last_readings as (
    select
        organization_id,
        region,
        datasource_id,
        arg_max(bytes, last_at) as bytes,
        arg_max(rows, last_at) as rows
    from monthly.storage_sizes
    where month >= make_date($year, 1, 1) and month < make_date($year + 1, 1, 1)
    group by organization_id, region, datasource_id
),

sizes as (
    select organization_id, sum(bytes) as bytes, sum(rows) as rows
    from last_readings
    group by organization_id
),

expected as (
    select
        wrapped_id,
        struct_pack(
            requests := coalesce(sum(requests), 0),
            errors := if(sum(errors_unknown) > 0, null, coalesce(sum(errors), 0)),
            bytes_read := coalesce(sum(bytes_read), 0),
            rows_read := coalesce(sum(rows_read), 0),
            result_rows := if(sum(result_rows_unknown) > 0, null, coalesce(sum(result_rows), 0)),
            ingestion_operations := coalesce(sum(operations), 0),
            ingestion_bytes := coalesce(sum(written_bytes), 0),
            ingestion_rows := coalesce(sum(written_rows), 0),
            storage_bytes := sum(bytes),
            storage_rows := sum(rows)
        ) as totals
    from requests_of_months
    full join operations_of_months using (organization_id)
    full join sizes using (organization_id)
    join main.wrapped_organizations using (organization_id)
    group by wrapped_id
),

found as (
    select
        wrapped_id,
        struct_pack(
            requests := cast(requests as hugeint),
            errors := cast(facts ->> 'errors' as hugeint),
            bytes_read := cast(facts ->> 'bytes_read' as hugeint),
            rows_read := cast(facts ->> 'rows_read' as hugeint),
            result_rows := cast(facts ->> 'result_rows' as hugeint),
            ingestion_operations := cast(facts ->> 'ingestion_operations' as hugeint),
            ingestion_bytes := cast(facts ->> 'ingestion_bytes' as hugeint),
            ingestion_rows := cast(facts ->> 'ingestion_rows' as hugeint),
            storage_bytes := cast(facts ->> 'storage_bytes' as hugeint),
            storage_rows := cast(facts ->> 'storage_rows' as hugeint)
        ) as totals,
        coalesce(requests_of_days, 0) as requests_of_days
    from (from main.wrapped_summaries where year = $year)
    full join (
        select wrapped_id, sum(requests) as requests_of_days
        from main.wrapped_days
        where year = $year
        group by wrapped_id
    ) using (wrapped_id)
)

select
    wrapped_id,
    cast(expected.totals as varchar) as expected,
    cast(found.totals as varchar) as found
from expected
full join found using (wrapped_id)
where not exists (select 1 from main.wrapped_editions where year = $year and frozen_at is not null)
    and (expected.totals is distinct from found.totals or found.requests_of_days <> found.totals.requests)
order by all
