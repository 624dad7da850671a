-- aliases: the track that each alias stands for, at the end of its chain; null where the chain ends in a circle.
-- One row per alias.
-- Reads the snapshots of track_aliases: of each, the newest over all regions. `union` drops repetitions, so a circle ends too.
with recursive newest as (
    select track_id, canonical_track_id
    from track_aliases_snapshots
    qualify row_number() over (partition by track_id order by exported_at desc, region) = 1
),

reached as (
    select track_id, canonical_track_id as at_id
    from newest
    union
    select reached.track_id, newest.canonical_track_id
    from reached
    join newest on newest.track_id = reached.at_id
)

select newest.track_id, ends.at_id as canonical_track_id
from newest
left join (select * from reached where at_id not in (select track_id from newest)) as ends
    on ends.track_id = newest.track_id
