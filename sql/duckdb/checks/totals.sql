-- Summaries of $year whose totals are not the sums of their organizations' monthly rollups. None is a pass.
-- One row per customer that differs, is missing, or should not be there. A frozen edition left rows out and is passed over.
-- Reads main.wrapped_summaries, main.wrapped_organizations and twelve months of the monthly rollups.
with months as (
    select organization_id, requests, errors, read_bytes, 0 as operations, 0 as written_bytes
    from monthly.pipe_stats_requests
    where month >= make_date($year, 1, 1) and month < make_date($year + 1, 1, 1)
    union all
    select organization_id, 0, 0, 0, operations, written_bytes
    from monthly.ingestion_operations
    where month >= make_date($year, 1, 1) and month < make_date($year + 1, 1, 1)
    union all
    select organization_id, 0, 0, 0, 0, 0
    from monthly.storage_sizes
    where month >= make_date($year, 1, 1) and month < make_date($year + 1, 1, 1)
),

last_readings as (
    select organization_id, datasource_id, arg_max(bytes, last_at) as bytes
    from monthly.storage_sizes
    where month >= make_date($year, 1, 1) and month < make_date($year + 1, 1, 1)
    group by organization_id, datasource_id
),

stored_bytes as (
    select wrapped_id, sum(bytes) as storage_bytes
    from last_readings
    join main.wrapped_organizations using (organization_id)
    group by wrapped_id
),

expected as (
    select
        organizations.wrapped_id,
        sum(requests) as requests,
        sum(errors) as errors,
        sum(read_bytes) as bytes_read,
        sum(operations) as ingestion_operations,
        sum(written_bytes) as ingestion_bytes,
        any_value(stored_bytes.storage_bytes) as storage_bytes
    from months
    join main.wrapped_organizations as organizations using (organization_id)
    left join stored_bytes using (wrapped_id)
    group by organizations.wrapped_id
),

found as (
    select
        wrapped_id,
        cast(requests as hugeint) as requests,
        cast(errors as hugeint) as errors,
        bytes_read,
        cast(ingestion_operations as hugeint) as ingestion_operations,
        ingestion_bytes,
        storage_bytes,
        cast(list_sum(list_transform(days, lambda item: item.requests)) as hugeint) as requests_of_days
    from main.wrapped_summaries
    where year = $year
)

select
    wrapped_id,
    cast((expected.requests, expected.errors, expected.bytes_read, expected.ingestion_operations,
        expected.ingestion_bytes, expected.storage_bytes) as varchar) as expected,
    cast((found.requests, found.errors, found.bytes_read, found.ingestion_operations,
        found.ingestion_bytes, found.storage_bytes) as varchar) as found
from expected
full join found using (wrapped_id)
where not exists (select 1 from main.wrapped_editions where year = $year and frozen_at is not null)
    and ((expected.requests, expected.errors, expected.bytes_read, expected.ingestion_operations,
        expected.ingestion_bytes, expected.storage_bytes)
    is distinct from (found.requests, found.errors, found.bytes_read, found.ingestion_operations,
        found.ingestion_bytes, found.storage_bytes)
    or coalesce(found.requests_of_days, 0) <> found.requests)
order by all
limit 5
