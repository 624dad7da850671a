-- Aliases that lead into a circle: they are ignored, and each of these ids counts as itself.
-- One row per alias.
-- Reads aliases.
select track_id
from aliases
where canonical_track_id is null
order by track_id
