-- Parts of the kind days: the requests of each day of a month, all workspaces together. The days of a label are in no order:
-- putting them in one takes twice as long as all the rest.
-- One row per (organization, month).
-- Reads daily parts of the kind requests.
with day_totals as (
    select
        organization,
        cast(date_trunc('month', day) as date) as month,
        day(day) as day_of_month,
        sum(amount) as requests,
        if(count(errors) = count(*), sum(errors), null) as errors
    from {source}
    group by all
)

select
    organization,
    month,
    'days' as kind,
    '' as id,
    string_agg(day_of_month || ':' || requests, ',') as label,
    cast(sum(requests) as bigint) as amount,
    if(count(errors) = count(*), cast(sum(errors) as bigint), null) as errors,
    cast(0 as hugeint) as bytes,
    cast(0 as hugeint) as rows,
    cast(null as timestamp) as last_at
from day_totals
group by organization, month
