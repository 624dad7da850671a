-- The landing files of a batch of size readings in the order of their objects: by folder day, region and object name.
-- One row per reading and export that carries it.
-- Reads batch, carriers. A corrected reading's first export has other sizes, some larger and some smaller.
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
    datasource_id,
    datasource_name,
    case
        when not is_outdated then bytes
        when event_no % 2 = 0 then bytes * 2
        else bytes // 2
    end::ubigint as bytes,
    case
        when not is_outdated then rows
        when event_no % 2 = 0 then rows * 2
        else rows // 2
    end::ubigint as rows,
    bytes_quarantine,
    rows_quarantine,
    region,
    exported_at,
    folder_day,
    region as folder_region,
    object
from carried
order by folder_day, folder_region, object, "timestamp", event_no
