-- Marks some periods as followed by {level}.
-- One row per entry settled.
-- Writes stale.rollups from $from up to $to.
delete from stale.rollups
where level = '{level}' and family = $family and period >= $from and period < $to
