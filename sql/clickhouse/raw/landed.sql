-- The valid landing rows of {family} on some days, one version or many of each key.
-- One row per landing row.
-- Reads landing_{family}, the rows of the files that count; the days are in {partitions}.
select {columns}
from landing_{family}
where toYYYYMMDD({event_time}) in {partitions:Array(UInt32)} and file_id in (
    {files}
)
