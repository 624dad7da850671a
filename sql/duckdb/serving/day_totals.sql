-- day_totals: requests by calendar day, all workspaces together.
-- One row per (organization, day).
-- Reads serving.daily.requests.
select
    organization,
    day,
    cast(sum(requests) as bigint) as requests,
    cast(sum(errors) as bigint) as errors
from serving.daily.requests
group by organization, day
order by organization, day
