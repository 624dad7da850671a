-- Tracks that plays name and the catalog does not, numbered after all others.
-- One row per track.
-- Reads events, tracks and aliases.
insert into tracks
select
    cast((select coalesce(max(track), 0) from tracks) + row_number() over (order by id) as integer) as track,
    id,
    null as title,
    null as artist,
    null as duration_ms,
    false as is_known
from (select distinct track_id as id from events)
where id not in (select id from tracks)
    and id not in (select track_id from aliases where canonical_track_id is not null)
