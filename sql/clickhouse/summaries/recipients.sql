-- The customers of an edition, for whom there are links.
-- One row per wrapped_id; the first name by alphabet where its organizations disagree.
-- Reads wrapped_summaries and wrapped_organizations.
select summaries.wrapped_id, names.customer_name
from (select wrapped_id from wrapped_summaries where year = {year:Int32}) as summaries
left join (
    select wrapped_id, min(customer_name) as customer_name
    from wrapped_organizations
    group by wrapped_id
) as names using (wrapped_id)
order by summaries.wrapped_id
