-- The year of all customers together.
-- One row per total.
-- Reads the summaries of 2017.
with totals as (
    select
        cast(sum(requests) as bigint) as requests,
        cast(sum(cast(facts ->> 'bytes_read' as hugeint)) as bigint) as bytes,
        cast(sum(cast(facts ->> 'errors' as hugeint)) as bigint) as errors,
        count(*) as hosts
    from main.wrapped_summaries
    where year = 2017
)

select what, total
from totals
unpivot (total for what in (requests, bytes, errors, hosts))
