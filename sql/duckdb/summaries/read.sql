-- The facts of an edition, each customer with its exact place among the customers that made requests.
-- One row per wrapped_id, of those in $wrapped_ids when they are given.
-- Reads main.wrapped_summaries and main.wrapped_days. Ranks are computed here, so a refresh never rewrites the customers it did not touch.
with placed as (
    select
        * exclude (year),
        year,
        count(*) filter (where requests > 0) over () as cohort_size,
        coalesce(count(*) filter (where requests > 0) over (
            order by requests range between unbounded preceding and current row exclude ties
        ), 0) as up_to_this
    from main.wrapped_summaries
    where year = $year
),

asked as (
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
    * exclude (up_to_this),
    -- The window counted everyone below and, when it made requests, the customer itself.
    up_to_this - cast(requests > 0 as bigint) as fewer
from asked
left join day_lists using (wrapped_id)
order by requests desc, wrapped_id
