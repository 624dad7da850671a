-- The valid rows of some landing files, types settled, one version or many of each key.
-- One row per landing row of {family} whose event time lies from $from up to $to.
-- Reads {files}.
select {columns}
from (
    select {values}{reason}
    from {files}
)
where {event_time} >= $from and {event_time} < $to{only_valid}
