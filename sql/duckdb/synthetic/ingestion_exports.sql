-- The landing files of a batch of operations in the order of their objects: by folder day, region and object name.
-- One row per operation and export that carries it.
-- Reads batch, carriers. A corrected operation's first export has other measures, some larger and some smaller.
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
    "timestamp",
    organization_id,
    workspace_id,
    operation_id,
    datasource_id,
    datasource_name,
    event_type,
    result,
    error,
    elapsed_time,
    case
        when not is_outdated then written_rows
        when event_no % 2 = 0 then written_rows * 2
        else written_rows // 2
    end::ubigint as written_rows,
    case
        when not is_outdated then written_bytes
        when event_no % 2 = 0 then written_bytes * 2
        else written_bytes // 2
    end::ubigint as written_bytes,
    written_rows_quarantine,
    written_bytes_quarantine,
    read_rows,
    read_bytes,
    cpu_time,
    region,
    exported_at,
    folder_day,
    region as folder_region,
    object
from carried
order by folder_day, folder_region, object, "timestamp", event_no
