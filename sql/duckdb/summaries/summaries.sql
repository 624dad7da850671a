-- main.wrapped_summaries: each wanted customer's year, as every story counts it.
-- One row per customer of {product}/subjects.sql; a story that has no row for it stands with its empty values.
-- Reads members and {product}/<story>.sql.
with subjects as (
    {subjects}
),

customers as (
    select distinct customer, wrapped_id
    from members
),

{stories}

select
    cast($year as smallint) as year,
    wrapped_id,
    coalesce(requests.requests, 0) as requests,
    to_json(struct_pack({columns})) as facts
from subjects
join customers using (customer)
{joins}
order by wrapped_id
