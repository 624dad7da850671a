-- What has landed of the dimension $family and is not merged yet.
-- One row per snapshot file; null when it must be rebuilt.
-- Reads stale.dimensions.
select file_id from stale.dimensions where family = $family
