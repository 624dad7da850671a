-- organizations: who sends the events. A customer's organizations are spread over regions.
-- One row per organization; customer_id is null for those that are their own customer.
-- Reads customers, regions. The very last organization is one that no snapshot ever names.
create or replace temp table organizations as
with numbered as (
    select
        organization_no,
        case
            when organization_no < $customers then organization_no
            -- The largest customer gets four more, so that it spans every region there is.
            when organization_no < $customers + 4 then 0
            when organization_no < $organizations - $independents - 1
                then floor($customers * pow(fraction(dice(organization_no, 'owner')), 3))::bigint
        end as customer_no,
        organization_no < $organizations - 1 as is_named
    from (select unnest(range($organizations::bigint)) as organization_no)
),

siblings as (
    select
        *,
        row_number() over (partition by customer_no order by organization_no) - 1 as sibling_no,
        count(*) over (partition by customer_no) as sibling_count
    from numbered
),

placed as (
    select
        siblings.*,
        customers.customer_id,
        customers.name as customer_name,
        coalesce(
            -- The first sibling has most; together they have what their customer has.
            customers.weight / (1 + sibling_no) / sum(1 / (1 + sibling_no)) over (partition by customer_no),
            pow(8 + 60 * fraction(dice(organization_no, 'weight')), -1.05)
        ) as weight,
        case
            when customers.customer_no is not null then (customers.home_region_no + sibling_no) % $regions
            else (dice(organization_no, 'home') % $regions::ubigint)::bigint
        end as region_no
    from siblings
    left join customers using (customer_no)
)

select
    placed.organization_no,
    uuid_text(
        dice(placed.organization_no, 'organization'), dice(placed.organization_no, 'organization, low')
    ) as organization_id,
    regions.region,
    regions.utc_offset,
    case
        when placed.customer_no is null then company_name(placed.organization_no, $stems, $endings)
        when placed.sibling_count = 1 then placed.customer_name
        when placed.sibling_no < $regions then placed.customer_name || ' ' || regions.label
        else placed.customer_name || ' ' || regions.label || ' ' || (1 + placed.sibling_no // $regions)
    end as name,
    placed.customer_id,
    placed.customer_name,
    placed.is_named,
    placed.weight,
    1.6 * fraction(dice(placed.organization_no, 'growth')) - 0.6 as growth,
    -- One in eight joins during the year; null is from the start.
    case
        when placed.organization_no >= 10 and dice(placed.organization_no, 'joins') % 8 = 0
            then date_trunc(
                'month',
                $first_day
                + (0.6 * ($last_day - $first_day) * fraction(dice(placed.organization_no, 'joined on')))::integer
            )::date
    end as joined_on
from placed
inner join regions using (region_no)
order by placed.organization_no
