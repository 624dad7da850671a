-- Lets the impossible rows of replaced files leave quarantine.
-- One row per row released.
-- Writes landing.quarantined_rows.
delete from landing.quarantined_rows where file_id in (select unnest($file_ids))
