-- before: the dimension as it was, to see afterwards what changed.
-- One row per region and id.
-- Reads dimensions.{dimension}.
create or replace temp table before as from dimensions.{dimension}
