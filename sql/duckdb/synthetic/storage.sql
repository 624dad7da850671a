-- batch: the size readings of a few days as they finally are, with what their export needs to know.
-- One row per reading. event_day, event_hour, mishap, is_corrected and event_no are not exported.
-- Reads days, data_sources: each is read in turn, round after round. A null $region takes all regions.
create or replace temp table batch as
with numbered as (
    select
        day,
        day_ms,
        day_no,
        day_count,
        mishap,
        first_reading,
        end_reading,
        unnest(range(first_reading, end_reading)) as event_no
    from days
    where day >= $from_day and day < $to_day
),

timed as (
    select
        *,
        -- Evenly over the day: two readings of one data source never fall on the same instant.
        (event_no - first_reading) * 86400000 // (end_reading - first_reading) as day_offset_ms,
        roll(event_no, 'size') as size_roll,
        (event_no + (roll(0, 'first reading') % 1000)::bigint) % (select count(*) from data_sources)
            as data_source_no
    from numbered
),

sized as (
    select
        timed.*,
        data_sources.*,
        (final_bytes * (0.2 + 0.8 * (day_no + 1) / day_count) * (0.96 + 0.04 * fraction(size_roll)))::ubigint
            as total_bytes
    from timed
    inner join data_sources using (data_source_no)
    where $region is null or data_sources.region = $region
)

select
    epoch_ms(day_ms + day_offset_ms)::timestamp_ms as "timestamp",
    organization_id,
    workspace_id,
    datasource_id,
    case when day >= renamed_on then new_name else name end as datasource_name,
    total_bytes as bytes,
    total_bytes // bytes_per_row::ubigint as rows,
    case size_roll % 20 when 0 then total_bytes // 1000 else 0 end::ubigint as bytes_quarantine,
    case size_roll % 20
        when 0 then total_bytes // 1000 // bytes_per_row::ubigint
        else 0
    end::ubigint as rows_quarantine,
    region,
    day as event_day,
    day_offset_ms // 3600000 as event_hour,
    case when (size_roll >> 32) % 1000 < 40 then mishap else 'regular' end as mishap,
    (size_roll >> 48) % 100 = 0 as is_corrected,
    event_no
from sized
order by event_day, region, day_offset_ms
