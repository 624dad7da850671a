-- The five pipes with most requests; equals go by their ids. A renamed pipe is one pipe, under the name of its newest request.
-- One row per customer with a request in $year.
-- Reads members and a year of the yearly rollup of requests.
with totals as (
    select
        customer,
        organization_id,
        region,
        pipe_id,
        arg_max(pipe_name, (last_at, pipe_name)) as name,
        cast(sum(requests) as bigint) as requests
    from yearly.pipe_stats_requests
    join members using (organization_id)
    where year = make_date($year, 1, 1)
    group by customer, organization_id, region, pipe_id
),

ranked as (
    select
        *,
        row_number() over (
            partition by customer order by requests desc, pipe_id, organization_id, region
        ) as position
    from totals
)

select customer, list(struct_pack(name := name, requests := requests) order by position) as pipes
from ranked
where position <= 5
group by customer
