-- The three customers with most requests.
-- One row per customer.
-- Reads the summaries of 2017 and their customers' names.
with customers as (
    select
        organizations.customer_name,
        summaries.requests,
        cast(summaries.facts ->> 'bytes_read' as bigint) as bytes,
        row_number() over (order by summaries.requests desc, organizations.customer_name) as position
    from main.wrapped_summaries as summaries
    join main.wrapped_organizations as organizations using (wrapped_id)
    where summaries.year = 2017
)

select 'organization ' || position as what, customer_name, requests, bytes
from customers
where position <= 3
order by position
