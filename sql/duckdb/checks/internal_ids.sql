-- Summaries of $year in which a text holds an organization_id of the same customer. None is a pass.
-- One row per breach.
-- Reads main.wrapped_summaries and main.wrapped_organizations. Ids under six characters are looked for as whole texts
-- only: "1" would be found in every other name.
with texts as (
    select wrapped_id, wrapped_id as text from main.wrapped_summaries where year = $year
    union
    select summaries.wrapped_id, json_extract_string(item.atom, '$') as text
    from main.wrapped_summaries as summaries
    cross join json_tree(summaries.facts) as item
    where summaries.year = $year and item.type = 'VARCHAR'
)

select distinct texts.wrapped_id, texts.text
from texts
join main.wrapped_organizations as organizations using (wrapped_id)
where texts.text = organizations.organization_id
    or (length(organizations.organization_id) >= 6 and contains(texts.text, organizations.organization_id))
order by all
