-- The customers of an edition, for whom there are links.
-- One row per wrapped_id; the first name by alphabet where its organizations disagree.
-- Reads main.wrapped_summaries and main.wrapped_organizations.
with names as (
    select wrapped_id, min(customer_name) as customer_name
    from main.wrapped_organizations
    group by wrapped_id
)

select wrapped_id, customer_name
from main.wrapped_summaries
left join names using (wrapped_id)
where year = $year
order by wrapped_id
