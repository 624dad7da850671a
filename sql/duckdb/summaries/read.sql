-- The facts of an edition, most requests first.
-- One row per wrapped_id, of those in $wrapped_ids when they are given.
-- Reads main.wrapped_summaries and main.wrapped_days. Ranks are those of rank.sql of the product.
with placed as (
    {rank}
),

-- Of everybody only this: the other columns are read of those asked for.
asked as (
    select wrapped_id, cohort_size, fewer
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
    summaries.year,
    wrapped_id,
    summaries.requests,
    summaries.facts,
    cohort_size,
    fewer,
    coalesce(days, []) as days
from main.wrapped_summaries as summaries
join asked using (wrapped_id)
left join day_lists using (wrapped_id)
where year = $year
order by summaries.requests desc, wrapped_id
