-- Whether the live day of a family has gone quiet: nothing exported in the hour before {now}. None is a pass.
-- One row when stale; a span that has ended is never stale, nor is a family that never landed.
-- Reads landing_files.
select maxOrNull(last_exported_at) as newest_export, {now:DateTime64(6, 'UTC')} as looked_at
from landing_files
where family = {family:String} and state = 'landed' and row_count > 0
having {now:DateTime64(6, 'UTC')} >= toDateTime64({since:Date32}, 6, 'UTC')
    and {now:DateTime64(6, 'UTC')} < toDateTime64({until:Date32}, 6, 'UTC')
    and newest_export < {now:DateTime64(6, 'UTC')} - interval 1 hour
