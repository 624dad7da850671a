-- batch: the requests of a few days as they finally are. outdated: corrected ones as they first were. counted: sums.
-- One row per request, in counted per organization.
-- Reads chunk_days, pipe_slots, user_agents.
create or replace temp table batch as
with drawn as (
    select
        numbered.*,
        pipe_slots.*,
        user_agents.user_agent,
        roll(event_no, 'time') as time_roll,
        roll(event_no, 'kind') as kind_roll,
        typical_bytes * exp(1.1 * bell(roll(event_no, 'bytes'))) as scanned_bytes,
        busy_hour(time_roll, utc_offset) as event_hour,
        day_ms + event_hour * 3600000 + ((time_roll >> 8) % 3600000)::bigint as started_ms,
        fraction(kind_roll) < error_rate as has_failed,
        -- One request in a hundred is a cold start; nothing outlives the 30 s limit.
        least(30, greatest(
            0.0005,
            typical_ms / 1000 * exp(0.8 * bell(roll(event_no, 'duration')) + if(kind_roll % 97 = 0, 2.5, 0))
        )) as seconds
    from numbered(getvariable('requests')) as numbered
    inner join pipe_slots on (roll(event_no, 'pipe') % getvariable('slots'))::bigint = pipe_slots.slot
    -- A join: picking from a list of strings cost a quarter of the whole statement.
    inner join user_agents on (roll(event_no, 'agent') % 64)::bigint = user_agents.agent_no
)

select
    epoch_ms(started_ms)::timestamp_ms as start_datetime,
    organization_id,
    workspace_id,
    pipe_id,
    case when day >= renamed_on then new_name else name end as pipe_name,
    uuid_text(roll(event_no, 'request'), roll(event_no, 'request, low')) as request_id,
    case
        when has_failed then nth([400, 400, 403, 404, 404, 408, 429, 429, 500, 503], time_roll >> 32)
        else 200
    end::smallint as status_code,
    has_failed::utinyint as error,
    round(seconds, 6) as duration,
    if(has_failed, 0, scanned_bytes)::ubigint as read_bytes,
    if(has_failed, 0, 1 + scanned_bytes / bytes_per_row)::ubigint as read_rows,
    if(has_failed, 0, 1 + (time_roll >> 40) % page_rows::ubigint)::ubigint as result_rows,
    round(seconds * (0.3 + 0.6 * fraction(time_roll)), 6) as cpu_time,
    case kind_roll % 8 when 0 then 'POST' else 'GET' end as method,
    user_agent,
    region,
    day as event_day,
    event_hour,
    case when (kind_roll >> 16) % 1000 < 40 then mishap else 'regular' end as mishap,
    (kind_roll >> 32) % 100 = 0 as is_corrected,
    event_no
from drawn
order by event_day, region, started_ms, event_no;

create or replace temp view outdated as
select * replace (
    200::smallint as status_code,
    0::utinyint as error,
    round(duration / 2, 6) as duration,
    uncorrected(read_bytes, event_no, 3) as read_bytes,
    uncorrected(read_rows, event_no, 3) as read_rows,
    0::ubigint as result_rows
)
from batch
where is_corrected;

create or replace temp view counted as
select organization_id, count(*) as events, sum(error) as errors, sum(read_bytes) as read_bytes
from batch
group by all;
