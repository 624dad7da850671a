-- Who sends events, and what they send them to: customers, organizations, workspaces, pipes, data_sources.
-- One row per numbered thing. From renamed_on (null: never) it is called new_name.
-- Reads the variables of the world and of its words.
create or replace temp table regions as
select
    unnest(range(getvariable('regions')::bigint)) as region_no,
    unnest(getvariable('region_names')) as region,
    unnest(getvariable('region_labels')) as label,
    unnest(getvariable('utc_offsets')) as utc_offset;

create or replace temp table user_agents as
select unnest(range(64)) as agent_no, getvariable('user_agents')[1 + agent_no * agent_no // 400] as user_agent;

-- weight is the customer's share of the traffic, heavy at the top. The last one stores data but never sends a request.
create or replace temp table customers as
select
    unnest(range(getvariable('customers')::bigint)) as customer_no,
    'cus_' || printf('%016x', dice(customer_no, 'customer')) as customer_id,
    coalesce(getvariable('flagships')[customer_no + 1], company_name(customer_no - len(getvariable('flagships'))))
        as customer_name,
    case
        when customer_no = 0 then 1.6
        when customer_no = getvariable('customers') - 1 then 0
        else pow(customer_no + 1, -1.05)
    end as customer_weight,
    (dice(customer_no, 'home') % getvariable('regions')::ubigint)::bigint as home_region_no;

-- customer_id is null for those that are their own customer. The very last one is one that no snapshot ever names.
create or replace temp table organizations as
with numbered as (
    select
        unnest(range(getvariable('organizations')::bigint)) as organization_no,
        case
            when organization_no < getvariable('customers') then organization_no
            -- The largest customer gets four more, so that it spans every region there is.
            when organization_no < getvariable('customers') + 4 then 0
            when organization_no < getvariable('organizations') - getvariable('independents') - 1
                then floor(getvariable('customers') * pow(fraction(dice(organization_no, 'owner')), 3))::bigint
        end as customer_no,
        organization_no < getvariable('organizations') - 1 as is_named
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
        *,
        coalesce(
            -- The first sibling has most; together they have what their customer has.
            customer_weight / (1 + sibling_no) / sum(1 / (1 + sibling_no)) over (partition by customer_no),
            pow(8 + 60 * fraction(dice(organization_no, 'weight')), -1.05)
        ) as weight,
        case
            when customer_id is not null then (home_region_no + sibling_no) % getvariable('regions')
            else (dice(organization_no, 'home') % getvariable('regions')::ubigint)::bigint
        end as region_no
    from siblings
    left join customers using (customer_no)
)

select
    organization_no,
    uuid_text(dice(organization_no, 'organization'), dice(organization_no, 'organization, low')) as organization_id,
    region,
    utc_offset,
    case
        when customer_no is null then company_name(organization_no)
        when sibling_count = 1 then customer_name
        when sibling_no < getvariable('regions') then customer_name || ' ' || label
        else customer_name || ' ' || label || ' ' || (1 + sibling_no // getvariable('regions'))
    end as name,
    customer_id,
    customer_name,
    is_named,
    weight,
    1.6 * fraction(dice(organization_no, 'growth')) - 0.6 as growth,
    -- One in eight joins during the year; null is from the start.
    case
        when organization_no >= 10 and dice(organization_no, 'joins') % 8 = 0
            then date_trunc(
                'month',
                getvariable('first_day')
                + (
                    0.6 * (getvariable('last_day') - getvariable('first_day'))
                    * fraction(dice(organization_no, 'joined on'))
                )::integer
            )::date
    end as joined_on
from placed
inner join regions using (region_no)
order by organization_no;

-- One workspace of a named organization is itself in no snapshot.
create or replace temp table workspaces as
select
    * exclude (ordinal) replace (
        nth(getvariable('workspaces'), dice(organization_no, 'first workspace'), 5 * ordinal) as name,
        is_named and not (organization_no = 1 and ordinal = 1) as is_named
    ),
    row_number() over (order by organization_no, ordinal) - 1 as workspace_no,
    uuid_text(dice(workspace_no, 'workspace'), dice(workspace_no, 'workspace, low')) as workspace_id,
    nth(getvariable('new_workspaces'), workspace_no) as new_name,
    case
        when (organization_no = 0 and ordinal = 0) or dice(workspace_no, 'renamed') % 7 = 0
            then rename_day(dice(workspace_no, 'renamed on'))
    end as renamed_on,
    pow(1 + ordinal, -1.2) as share
from (
    select
        *,
        unnest(range(
            case when organization_no < 5 then 5 else 1 + (dice(organization_no, 'workspaces') % 4)::bigint end
        )) as ordinal
    from organizations
)
order by workspace_no;

-- With what a typical request to the pipe costs, and its share of the traffic.
create or replace temp table pipes as
select
    row_number() over (order by workspace_no, ordinal) - 1 as thing_no,
    organization_id,
    workspace_id,
    region,
    utc_offset,
    growth,
    joined_on,
    weight * share * pow(1 + ordinal, -0.9) as weight,
    t_text(dice(thing_no, 'pipe'), dice(thing_no, 'pipe, low')) as pipe_id,
    nth(getvariable('pipes'), dice(workspace_no, 'first pipe'), 7 * ordinal) as name,
    name || '_v2' as new_name,
    case
        when thing_no = 0 or dice(thing_no, 'renamed') % 9 = 0 then rename_day(dice(thing_no, 'renamed on'))
    end as renamed_on,
    -- Most are quick lookups of a few milliseconds, some are reports of a few hundred.
    2.5 * exp(4.6 * pow(fraction(dice(thing_no, 'latency')), 1.6)) as typical_ms,
    exp(9 + 9 * fraction(dice(thing_no, 'bytes'))) as typical_bytes,
    24 + (dice(thing_no, 'width') % 400)::bigint as bytes_per_row,
    (1 + dice(thing_no, 'page') % 100)::bigint as page_rows,
    0.002 + 0.04 * pow(fraction(dice(thing_no, 'errors')), 4) as error_rate
from (
    select * exclude (name), unnest(range(3 + (dice(workspace_no, 'pipes') % 6)::bigint)) as ordinal
    from workspaces
)
order by thing_no;

-- With its final size. One small organization in twelve has none; one without requests still writes a little.
create or replace temp table data_sources as
select
    -- Shuffled, since they are read in this order: every hour then reads some of every region.
    row_number() over (order by dice(8 * workspace_no + ordinal, 'shuffle'), workspace_no, ordinal) - 1 as thing_no,
    organization_id,
    workspace_id,
    region,
    utc_offset,
    growth,
    joined_on,
    (0.002 + weight) * (pow(1 + ordinal, -0.9) * share) as weight,
    t_text(dice(thing_no, 'data source'), dice(thing_no, 'data source, low')) as datasource_id,
    nth(getvariable('data_sources'), dice(workspace_no, 'first data source'), 3 * ordinal) as name,
    name || '_current' as new_name,
    case
        when thing_no = 0 or dice(thing_no, 'renamed') % 11 = 0 then rename_day(dice(thing_no, 'renamed on'))
    end as renamed_on,
    24 + (dice(thing_no, 'width') % 300)::bigint as bytes_per_row,
    1e11 * (0.001 + weight) * pow(fraction(dice(thing_no, 'size')), 3) as final_bytes
from (
    select * exclude (name), unnest(range(1 + (dice(workspace_no, 'data sources') % 4)::bigint)) as ordinal
    from workspaces
    where organization_no < 5 or weight = 0 or dice(organization_no, 'no data') % 12 > 0
)
order by thing_no;
