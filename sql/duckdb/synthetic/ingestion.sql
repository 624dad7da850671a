-- batch: the data source operations of a few days as they finally are, with what their export needs to know.
-- One row per operation. event_day, event_hour, mishap, is_corrected and event_no are not exported.
-- Reads days, data_source_slots. A null $region takes all regions.
create or replace temp table batch as
with numbered as (
    select
        day,
        day_ms,
        mishap,
        first_operation,
        unnest(range(first_operation, end_operation)) as event_no
    from days
    where day >= $from_day and day < $to_day
),

caused as (
    select
        *,
        -- One in four is the materialized view that follows an append: same operation id, another event type.
        event_no - case (event_no - first_operation) % 4 when 1 then 1 else 0 end as cause_no
    from numbered
),

rolled as (
    select
        caused.*,
        data_source_slots.*,
        event_no <> cause_no as is_view,
        roll(cause_no, 'operation time') as time_roll,
        roll(cause_no, 'operation kind') as kind_roll,
        bell(roll(event_no, 'written')) as written_bell
    from caused
    inner join data_source_slots on (roll(cause_no, 'data source') % $slots)::bigint = data_source_slots.slot
    where $region is null or data_source_slots.region = $region
),

typed as (
    select
        *,
        busy_hour(time_roll, utc_offset) as event_hour,
        day_ms + busy_hour(time_roll, utc_offset) * 3600000 + ((time_roll >> 8) % 3600000)::bigint as ran_ms,
        case
            when is_view then 'populateview'
            else pick(
                [
                    'append-hfi', 'append-hfi', 'append-hfi', 'append-hfi', 'append-hfi', 'append-hfi',
                    'append', 'append', 'append', 'append-kafka', 'append-kafka', 'append-kafka',
                    'copy', 'copy', 'replace', 'delete', 'truncate'
                ],
                kind_roll
            )
        end as event_type,
        kind_roll >> 20 & 63 = 0 as has_failed,
        200000 * exp(1.4 * written_bell) as typical_bytes,
        0.02 * exp(1.0 * written_bell) as seconds
    from rolled
),

sized as (
    select
        *,
        case
            when has_failed or event_type in ('delete', 'truncate') then 0
            when event_type in ('replace', 'copy') then 40 * typical_bytes
            else typical_bytes
        end::ubigint as written_bytes,
        case
            when (kind_roll >> 26) % 50 = 0 and event_type like 'append%' then 0.01 * typical_bytes
            else 0
        end::ubigint as quarantined_bytes,
        case
            when event_type in ('copy', 'populateview', 'delete') then 3 * typical_bytes
            else 0
        end::ubigint as read_bytes
    from typed
)

select
    epoch_ms(ran_ms)::timestamp_ms as "timestamp",
    organization_id,
    workspace_id,
    uuid_text(roll(cause_no, 'operation'), roll(cause_no, 'operation, low')) as operation_id,
    datasource_id,
    case when day >= renamed_on then new_name else name end as datasource_name,
    event_type,
    case when has_failed then 'error' else 'ok' end as result,
    case
        when has_failed
            then pick(['Memory limit exceeded', 'Unknown column in the payload', 'Timeout of 30 s reached'], time_roll)
    end as error,
    round(seconds, 6) as elapsed_time,
    written_bytes // bytes_per_row::ubigint as written_rows,
    written_bytes,
    quarantined_bytes // bytes_per_row::ubigint as written_rows_quarantine,
    quarantined_bytes as written_bytes_quarantine,
    read_bytes // bytes_per_row::ubigint as read_rows,
    read_bytes,
    round(0.7 * seconds, 6) as cpu_time,
    region,
    day as event_day,
    event_hour,
    case when (kind_roll >> 32) % 1000 < 40 then mishap else 'regular' end as mishap,
    (kind_roll >> 48) % 100 = 0 as is_corrected,
    event_no
from sized
order by event_day, region, ran_ms, event_no
