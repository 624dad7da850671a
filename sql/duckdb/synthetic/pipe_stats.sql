-- batch: the requests of a few days as they finally are, with what their export needs to know.
-- One row per request. event_day, event_hour, mishap, is_corrected and event_no are not exported.
-- Reads days, pipe_slots, user_agents. A null $region takes all regions.
create or replace temp table batch as
with numbered as (
    select
        day,
        day_ms,
        mishap,
        unnest(range(first_request, end_request)) as event_no
    from days
    where day >= $from_day and day < $to_day
),

rolled as (
    select
        numbered.*,
        pipe_slots.*,
        user_agents.user_agent,
        roll(event_no, 'time') as time_roll,
        roll(event_no, 'kind') as kind_roll,
        bell(roll(event_no, 'duration')) as duration_bell,
        bell(roll(event_no, 'bytes')) as bytes_bell
    from numbered
    inner join pipe_slots on (roll(event_no, 'pipe') % $slots)::bigint = pipe_slots.slot
    -- A join: picking from a list of strings cost a quarter of the whole statement.
    inner join user_agents on (roll(event_no, 'agent') % 64)::bigint = user_agents.agent_no
    where $region is null or pipe_slots.region = $region
),

timed as (
    select
        *,
        busy_hour(time_roll, utc_offset) as event_hour,
        day_ms + busy_hour(time_roll, utc_offset) * 3600000 + ((time_roll >> 8) % 3600000)::bigint as started_ms,
        fraction(kind_roll) < error_rate as has_failed,
        -- One request in a hundred is a cold start; nothing outlives the 30 s limit.
        least(
            30,
            greatest(0.0005, typical_ms / 1000 * exp(0.8 * duration_bell + if(kind_roll % 97 = 0, 2.5, 0)))
        ) as seconds
    from rolled
)

select
    epoch_ms(started_ms)::timestamp_ms as start_datetime,
    organization_id,
    workspace_id,
    pipe_id,
    case when day >= renamed_on then new_name else name end as pipe_name,
    uuid_text(roll(event_no, 'request'), roll(event_no, 'request, low')) as request_id,
    case
        when has_failed then pick([400, 400, 403, 404, 404, 408, 429, 429, 500, 503], time_roll >> 32)
        else 200
    end::smallint as status_code,
    has_failed::utinyint as error,
    round(seconds, 6) as duration,
    case when has_failed then 0 else typical_bytes * exp(1.1 * bytes_bell) end::ubigint as read_bytes,
    case
        when has_failed then 0
        else 1 + typical_bytes * exp(1.1 * bytes_bell) / bytes_per_row
    end::ubigint as read_rows,
    case when has_failed then 0 else 1 + (time_roll >> 40) % page_rows::ubigint end::ubigint as result_rows,
    round(seconds * (0.3 + 0.6 * fraction(time_roll)), 6) as cpu_time,
    case kind_roll % 8 when 0 then 'POST' else 'GET' end as method,
    user_agent,
    region,
    day as event_day,
    event_hour,
    case when (kind_roll >> 16) % 1000 < 40 then mishap else 'regular' end as mishap,
    (kind_roll >> 32) % 100 = 0 as is_corrected,
    event_no
from timed
order by event_day, region, started_ms, event_no
