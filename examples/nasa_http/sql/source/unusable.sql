-- What of a log this example could not place: without host, time, url or status, or outside 2017 in UTC.
-- One row.
-- Reads the log in $path, without the lines that upstream appended.
select
    count(*) as lines,
    count(*) filter (
        where host is null or ts_local is null or url is null or status is null
    ) as incomplete,
    count(*) filter (
        where ts_local < timestamp '2017-01-01' - interval 4 hours
            or ts_local >= timestamp '2018-01-01' - interval 4 hours
    ) as outside
from read_parquet($path)
where not is_injected
