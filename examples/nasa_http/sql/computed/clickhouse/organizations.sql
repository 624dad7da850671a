-- The three customers with most requests.
-- One row per customer.
-- Reads the summaries of 2017 and their customers' names.
select
    'organization ' || toString(row_number() over (order by summaries.requests desc, organizations.customer_name)) as what,
    organizations.customer_name,
    summaries.requests,
    toInt128(extract(summaries.facts, '"bytes_read":(\\d+)')) as bytes
from wrapped_summaries as summaries
join wrapped_organizations as organizations on organizations.wrapped_id = summaries.wrapped_id
where summaries.year = 2017
order by summaries.requests desc, organizations.customer_name
limit 3
