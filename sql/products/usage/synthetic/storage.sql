-- batch: the size readings of a few days as they finally are. outdated: corrected ones as they first were. counted: the last.
-- One row per reading, in counted per data source.
-- Reads chunk_days, data_sources: each is read in turn, round after round.
create or replace temp table batch as
with drawn as (
    select
        *,
        (getvariable('readings') * day_no) // day_count as first_no,
        (getvariable('readings') * (day_no + 1)) // day_count as end_no,
        unnest(range(first_no, end_no)) as event_no,
        (event_no + (roll(0, 'first reading') % 1000)::bigint) % (select count(*) from data_sources) as thing_no,
        -- Evenly over the day: two readings of one data source never fall on the same instant.
        (event_no - first_no) * 86400000 // (end_no - first_no) as day_offset_ms,
        roll(event_no, 'size') as size_roll
    from chunk_days
)

select
    epoch_ms(day_ms + day_offset_ms)::timestamp_ms as "timestamp",
    organization_id,
    workspace_id,
    datasource_id,
    case when day >= renamed_on then new_name else name end as datasource_name,
    (final_bytes * (0.2 + 0.8 * (day_no + 1) / day_count) * (0.96 + 0.04 * fraction(size_roll)))::ubigint as bytes,
    bytes // bytes_per_row::ubigint as rows,
    if(size_roll % 20 = 0, bytes // 1000, 0)::ubigint as bytes_quarantine,
    bytes_quarantine // bytes_per_row::ubigint as rows_quarantine,
    region,
    day as event_day,
    day_offset_ms // 3600000 as event_hour,
    case when (size_roll >> 32) % 1000 < 40 then mishap else 'regular' end as mishap,
    (size_roll >> 48) % 100 = 0 as is_corrected,
    event_no
from drawn
inner join data_sources using (thing_no)
order by event_day, region, day_offset_ms;

create or replace temp view outdated as
select * replace (uncorrected(bytes, event_no, 2) as bytes, uncorrected(rows, event_no, 2) as rows)
from batch
where is_corrected;

create or replace temp view counted as
select organization_id, datasource_id, count(*) as events, max("timestamp") as read_at, arg_max(bytes, "timestamp") as bytes
from batch
group by all;
