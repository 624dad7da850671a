-- Summaries of a year in which a text holds an organization_id of the same customer. None is a pass.
-- One row per breach.
-- Reads wrapped_summaries and wrapped_organizations. Ids under six characters are looked for as whole texts
-- only: "1" would be found in every other name.
with texts as (
    select
        wrapped_id,
        arrayJoin(arrayConcat(
            [wrapped_id],
            arrayMap(item -> ifNull(item.name, ''), workspaces),
            arrayMap(item -> item.name, pipes),
            arrayMap(item -> item.region, regions),
            arrayMap(item -> item.event_type, event_types),
            arrayMap(item -> item.name, largest_datasource)
        )) as text
    from wrapped_summaries
    where year = {year:Int32}
)

select distinct texts.wrapped_id as wrapped_id, texts.text as text
from texts
join wrapped_organizations as organizations using (wrapped_id)
where texts.text = organizations.organization_id
    or (lengthUTF8(organizations.organization_id) >= 6 and position(texts.text, organizations.organization_id) > 0)
order by all
