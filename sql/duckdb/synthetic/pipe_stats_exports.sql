-- The landing files of a batch of requests in the order of their objects: by folder day, region and object name.
-- One row per request and export that carries it.
-- Reads batch, carriers. A corrected request's first export has other measures, some larger and some smaller.
with carried as (
    select
        batch.*,
        carriers.folder_day,
        carriers.object,
        carriers.exported_at,
        batch.is_corrected and carriers.is_first as is_outdated
    from batch
    inner join carriers using (region, event_day, event_hour, mishap)
)

select
    start_datetime,
    organization_id,
    workspace_id,
    pipe_id,
    pipe_name,
    request_id,
    case when is_outdated then 200 else status_code end::smallint as status_code,
    case when is_outdated then 0 else error end::utinyint as error,
    case when is_outdated then round(duration / 2, 6) else duration end as duration,
    case
        when not is_outdated then read_bytes
        when event_no % 2 = 0 then read_bytes * 3
        else read_bytes // 3
    end::ubigint as read_bytes,
    case
        when not is_outdated then read_rows
        when event_no % 2 = 0 then read_rows * 3
        else read_rows // 3
    end::ubigint as read_rows,
    case when is_outdated then 0 else result_rows end::ubigint as result_rows,
    cpu_time,
    method,
    user_agent,
    region,
    exported_at,
    folder_day,
    region as folder_region,
    object
from carried
order by folder_day, folder_region, object, start_datetime, event_no
