-- fresh.day_totals: the totals of the days in fresh.daily_requests.
-- One row per (organization, day) with any request.
-- Reads fresh.daily_requests.
create or replace table fresh.day_totals as
select
    organization,
    day,
    cast(sum(requests) as bigint) as requests,
    cast(sum(errors) as bigint) as errors
from fresh.daily_requests
group by organization, day
