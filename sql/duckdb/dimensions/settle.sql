-- Marks the dimension $family as up to date.
-- One row per entry settled.
-- Writes stale.dimensions.
delete from stale.dimensions where family = $family
