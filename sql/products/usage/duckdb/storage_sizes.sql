-- hourly.storage_sizes: the size of each data source, a gauge: the newest reading and the largest.
-- One row per (hour, organization_id, workspace_id, datasource_id, datasource_name, region).
-- Reads raw.storage from $from up to $to; a refresh puts a semi join in place of the comment.
-- The timestamp is part of raw's key, so the newest reading of a data source is never a tie.
select
    date_trunc('hour', event.timestamp) as hour,
    event.organization_id,
    event.workspace_id,
    event.datasource_id,
    event.datasource_name,
    event.region,
    count(*) as readings,
    max(event.timestamp) as last_at,
    arg_max(event.bytes, event.timestamp) as bytes,
    arg_max(event.rows, event.timestamp) as rows,
    arg_max(event.bytes_quarantine, event.timestamp) as bytes_quarantine,
    arg_max(event.rows_quarantine, event.timestamp) as rows_quarantine,
    max(event.bytes) as max_bytes
from raw.storage as event /* touched */
where event.timestamp >= $from and event.timestamp < $to
group by all
