-- Artists that plays name and the catalog does not, numbered after all others.
-- One row per artist.
-- Reads events and artists.
insert into artists
select
    cast((select coalesce(max(artist), 0) from artists) + row_number() over (order by id) as integer) as artist,
    id,
    null as name,
    null as genre
from (select distinct artist_id as id from events)
where id not in (select id from artists)
