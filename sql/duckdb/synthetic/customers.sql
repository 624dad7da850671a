-- customers: the invented companies whose year this is.
-- One row per customer; weight is its share of the traffic, heavy at the top with a long tail.
-- Reads lists of names. The last customer stores data but never sends a request.
create or replace temp table customers as
with numbered as (
    select
        unnest(range($customers::bigint)) as customer_no
)

select
    customer_no,
    'cus_' || printf('%016x', dice(customer_no, 'customer')) as customer_id,
    coalesce(
        $flagships[customer_no + 1],
        company_name(customer_no - len($flagships), $stems, $endings)
    ) as name,
    case
        when customer_no = 0 then 1.6
        when customer_no = $customers - 1 then 0
        else pow(customer_no + 1, -1.05)
    end as weight,
    (dice(customer_no, 'home') % $regions::ubigint)::bigint as home_region_no
from numbered
order by customer_no
