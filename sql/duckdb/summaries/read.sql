-- The facts of an edition, each customer with its exact place among the customers that made requests.
-- One row per wrapped_id, of those in $wrapped_ids when they are given.
-- Reads main.wrapped_summaries and main.wrapped_days. Ranks are computed here, so a refresh never rewrites the customers it did not touch.
with cohort as (
    -- Apart from the ranks: in DuckDB 2.0.0 `count(*) filter (...) over ()` takes 2 s for 100,000 customers, this 10 ms.
    select
        count(*) filter (where requests > 0) as cohort_size,
        count(*) filter (where requests = 0) as idle
    from main.wrapped_summaries
    where year = $year
),

placed as (
    -- Of everybody only this: the other columns are read of those asked for.
    select wrapped_id, requests, rank() over (order by requests) - 1 as below
    from main.wrapped_summaries
    where year = $year
),

asked as (
    select wrapped_id, below
    from placed
    where $wrapped_ids is null or wrapped_id in (select unnest(cast($wrapped_ids as varchar[])))
    order by requests desc, wrapped_id
    limit $most
),

day_lists as (
    select
        wrapped_id,
        list(struct_pack(day := day, requests := requests, errors := errors) order by day) as days
    from main.wrapped_days
    where year = $year and wrapped_id in (select wrapped_id from asked)
    group by wrapped_id
)

select
    summaries.*,
    cohort_size,
    if(requests > 0, below - idle, 0) as fewer,
    days
from main.wrapped_summaries as summaries
cross join cohort
join asked using (wrapped_id)
left join day_lists using (wrapped_id)
where year = $year
order by requests desc, wrapped_id
