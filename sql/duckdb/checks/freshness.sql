-- Whether the live day of $family has gone quiet: nothing exported in the hour before $now. None is a pass.
-- One row when stale; a span that has ended is never stale, nor is a family that never landed.
-- Reads the ledger.
select max(last_exported_at) as newest_export, $now as looked_at
from landing.files
where family = $family and state = 'landed' and row_count > 0
having $now >= cast($from as timestamp)
    and $now < cast($to as timestamp)
    and max(last_exported_at) < $now - interval 1 hour
