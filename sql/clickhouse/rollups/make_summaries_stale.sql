-- Makes the summaries of the organizations of which a month changed stale, in their year and in the next edition, which compares with it.
-- One row per (year, organization_id).
-- Reads staging_changed and wrapped_editions, writes stale_summaries.
insert into stale_summaries (year, kind, organization_id, sequence)
select distinct changed.year + years_later as edition, 'organization', changed.organization_id, {sequence:UInt64}
from (
    select toInt32(intDiv(partition, 10000)) as year, organization_id, arrayJoin([0, 1]) as years_later
    from staging_changed
) as changed
where years_later = 0 or edition in (select year from wrapped_editions)
