-- Makes the summaries of some organizations stale, in the year of the change and in the next edition, which compares with it.
-- One row per (year, organization_id).
-- Reads wrapped_editions, writes stale_summaries.
insert into stale_summaries (year, kind, organization_id, sequence)
select distinct changed.1 + years_later as edition, 'organization', changed.2, {sequence:UInt64}
from (select arrayJoin({changed:Array(Tuple(Int32, String))}) as changed)
cross join (select arrayJoin([0, 1]) as years_later) as later
where years_later = 0 or edition in (select year from wrapped_editions)
