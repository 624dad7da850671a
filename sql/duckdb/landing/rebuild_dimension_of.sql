-- Makes a dimension rebuild when one of its snapshot files was replaced.
-- One row per dimension.
-- Reads landing.files, writes stale.dimensions.
insert into stale.dimensions
select distinct family, cast(null as bigint)
from landing.files
where file_id in (select unnest($file_ids)) and folder_day is null and row_count > 0
