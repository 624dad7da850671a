-- The twenty regions with most requests; equals go by their names.
-- One row per customer with a request in $year.
-- Reads members and a year of the yearly rollup of requests.
with totals as (
    select customer, region, cast(sum(requests) as bigint) as requests
    from yearly.pipe_stats_requests
    join members using (organization_id)
    where year = make_date($year, 1, 1)
    group by customer, region
),

ranked as (
    select *, row_number() over (partition by customer order by requests desc, region) as position
    from totals
)

select customer, list(struct_pack(region := region, requests := requests) order by position) as regions
from ranked
where position <= 20
group by customer
