-- The facts of an edition, each customer with its exact place among the customers that made requests.
-- One row per wrapped_id, or one when $wrapped_id is given.
-- Reads main.wrapped_summaries. Ranks are computed here, so a refresh never rewrites the customers it did not touch.
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
)

select
    * exclude (up_to_this),
    -- The window counted everyone below and, when it made requests, the customer itself.
    up_to_this - cast(requests > 0 as bigint) as fewer
from placed
where $wrapped_id is null or wrapped_id = $wrapped_id
order by requests desc, wrapped_id
limit $most
