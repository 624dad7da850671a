-- The facts of an edition, each customer with its exact place among the customers that made requests.
-- One row per wrapped_id, or one when {wrapped_id} is not null.
-- Reads wrapped_summaries. Ranks are computed here, so a refresh never rewrites the customers it did not touch.
with placed as (
    select
        *,
        countIf(requests > 0) over () as cohort_size,
        countIf(requests = 0) over () as idle,
        rank() over (order by requests) - 1 as below
    from wrapped_summaries
    where year = {year:Int32}
)

select
    * except (idle, below),
    if(requests > 0, toInt64(below) - toInt64(idle), 0) as fewer
from placed
where {wrapped_id:Nullable(String)} is null or wrapped_id = {wrapped_id:Nullable(String)}
order by requests desc, wrapped_id
limit {most:UInt64}
