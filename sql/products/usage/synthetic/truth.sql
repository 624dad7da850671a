-- What should come out: every customer's year; an organization without a customer is its own.
-- One row per customer.
-- Reads organizations, and what was counted of each family, chunk by chunk.
with requests as (
    select organization_id, sum(events) as requests, sum(errors) as errors, sum(read_bytes) as read_bytes
    from pipe_stats_counted
    group by all
),

operations as (
    select organization_id, sum(events) as operations, sum(written_bytes) as written_bytes
    from ingestion_counted
    group by all
),

sizes as (
    select organization_id, datasource_id, arg_max(bytes, read_at) as bytes
    from storage_counted
    group by all
),

stored as (
    select organization_id, sum(bytes) as bytes
    from sizes
    group by all
)

select
    coalesce(customer_id, organization_id) as customer,
    case when bool_or(is_named) then coalesce(any_value(customer_name), any_value(name)) end as name,
    list(organization_id order by organization_no) as organization_ids,
    coalesce(sum(requests), 0)::hugeint as requests,
    coalesce(sum(errors), 0)::hugeint as errors,
    coalesce(sum(read_bytes), 0)::hugeint as read_bytes,
    coalesce(sum(operations), 0)::hugeint as operations,
    coalesce(sum(written_bytes), 0)::hugeint as written_bytes,
    sum(bytes) as storage_bytes
from organizations
left join requests using (organization_id)
left join operations using (organization_id)
left join stored using (organization_id)
group by customer
order by min(organization_no)
