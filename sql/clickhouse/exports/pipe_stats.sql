-- What a region's pipe_stats holds for a window of time: the sink that feeds landing.
-- One row per API request.
-- Reads pipe_stats of the region's own database from {since} up to {until}.
select
    toDateTime64(event.start_datetime, 6, 'UTC') as start_datetime,
    -- One byte that is no UTF-8 would make the whole file unreadable: toValidUTF8 puts U+FFFD in its place.
    toValidUTF8(toString(event.organization_id)) as organization_id,
    toValidUTF8(toString(event.workspace_id)) as workspace_id,
    toValidUTF8(toString(event.pipe_id)) as pipe_id,
    toValidUTF8(toString(event.pipe_name)) as pipe_name,
    toValidUTF8(toString(event.request_id)) as request_id,
    event.status_code as status_code,
    event.error as error,
    event.duration as duration,
    event.read_bytes as read_bytes,
    event.read_rows as read_rows,
    event.result_rows as result_rows,
    event.cpu_time as cpu_time,
    toValidUTF8(toString(event.method)) as method,
    toValidUTF8(toString(event.user_agent)) as user_agent,
    {region:String} as region,
    {exported_at:DateTime64(3, 'UTC')} as exported_at
from pipe_stats as event
where
    event.start_datetime >= {since:DateTime64(6, 'UTC')}
    and event.start_datetime < {until:DateTime64(6, 'UTC')}
