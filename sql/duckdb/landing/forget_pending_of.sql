-- Drops the pending merges of replaced files: the rebuild of their days reads the files as they are now.
-- One row per merge dropped.
-- Writes stale.raw.
delete from stale.raw where file_id in (select unnest($file_ids))
