-- The facts of an edition, each customer with its exact place among the customers that made requests.
-- One row per wrapped_id: all of them when {everyone}, else those in {wrapped_ids}.
-- Reads wrapped_summaries. Ranks are computed here, so a refresh never rewrites the customers it did not touch.
with placed as (
    -- Of everybody only this: the lists are read of those asked for.
    select
        wrapped_id,
        countIf(requests > 0) over () as cohort_size,
        countIf(requests = 0) over () as idle,
        rank() over (order by requests) - 1 as below
    from wrapped_summaries
    where year = {year:Int32}
)

select
    wrapped_summaries.*,
    cohort_size,
    if(requests > 0, toInt64(below) - toInt64(idle), 0) as fewer
from wrapped_summaries
join placed using (wrapped_id)
where year = {year:Int32} and ({everyone:Bool} or wrapped_id in {wrapped_ids:Array(String)})
order by requests desc, wrapped_id
limit {most:UInt64}
