-- batch: the operations of a few days as they finally are. outdated: corrected ones as they first were. counted: sums.
-- One row per operation, in counted per organization.
-- Reads chunk_days, data_source_slots.
create or replace temp table batch as
with caused as (
    select
        *,
        -- One in four is the materialized view that follows an append: same operation id, another event type.
        (event_no - first_no) % 4 = 1 as is_view,
        event_no - is_view::bigint as cause_no
    from numbered(getvariable('operations'))
),

drawn as (
    select
        caused.*,
        data_source_slots.*,
        roll(cause_no, 'operation time') as time_roll,
        roll(cause_no, 'operation kind') as kind_roll,
        busy_hour(time_roll, utc_offset) as event_hour,
        day_ms + event_hour * 3600000 + ((time_roll >> 8) % 3600000)::bigint as ran_ms,
        case
            when is_view then 'populateview'
            else nth(
                [
                    'append-hfi', 'append-hfi', 'append-hfi', 'append-hfi', 'append-hfi', 'append-hfi',
                    'append', 'append', 'append', 'append-kafka', 'append-kafka', 'append-kafka',
                    'copy', 'copy', 'replace', 'delete', 'truncate'
                ],
                kind_roll
            )
        end as event_type,
        kind_roll >> 20 & 63 = 0 as has_failed,
        bell(roll(event_no, 'written')) as written_bell,
        200000 * exp(1.4 * written_bell) as typical_bytes,
        0.02 * exp(1.0 * written_bell) as seconds
    from caused
    inner join data_source_slots
        on (roll(cause_no, 'data source') % getvariable('slots'))::bigint = data_source_slots.slot
)

select
    epoch_ms(ran_ms)::timestamp_ms as "timestamp",
    organization_id,
    workspace_id,
    uuid_text(roll(cause_no, 'operation'), roll(cause_no, 'operation, low')) as operation_id,
    datasource_id,
    case when day >= renamed_on then new_name else name end as datasource_name,
    event_type,
    if(has_failed, 'error', 'ok') as result,
    case
        when has_failed
            then nth(['Memory limit exceeded', 'Unknown column in the payload', 'Timeout of 30 s reached'], time_roll)
    end as error,
    round(seconds, 6) as elapsed_time,
    case
        when has_failed or event_type in ('delete', 'truncate') then 0
        when event_type in ('replace', 'copy') then 40 * typical_bytes
        else typical_bytes
    end::ubigint as written_bytes,
    written_bytes // bytes_per_row::ubigint as written_rows,
    if((kind_roll >> 26) % 50 = 0 and event_type like 'append%', 0.01 * typical_bytes, 0)::ubigint
        as written_bytes_quarantine,
    written_bytes_quarantine // bytes_per_row::ubigint as written_rows_quarantine,
    if(event_type in ('copy', 'populateview', 'delete'), 3 * typical_bytes, 0)::ubigint as read_bytes,
    read_bytes // bytes_per_row::ubigint as read_rows,
    round(0.7 * seconds, 6) as cpu_time,
    region,
    day as event_day,
    event_hour,
    case when (kind_roll >> 32) % 1000 < 40 then mishap else 'regular' end as mishap,
    (kind_roll >> 48) % 100 = 0 as is_corrected,
    event_no
from drawn
order by event_day, region, ran_ms, event_no;

create or replace temp view outdated as
select * replace (
    uncorrected(written_rows, event_no, 2) as written_rows,
    uncorrected(written_bytes, event_no, 2) as written_bytes
)
from batch
where is_corrected;

create or replace temp view counted as
select organization_id, count(*) as events, sum(written_bytes) as written_bytes
from batch
group by all;
