-- snapshots, organizations_exports, workspaces_exports: what each region wrote down of its names, and when.
-- One row per region and snapshot (weekly, and once more when the last day is over), then per named thing of it.
-- Reads regions, organizations, workspaces. Renamed workspaces have the name of the day.
create or replace temp table snapshots as
with days_taken as (
    select day as taken_on from days where day_no % 7 = 0
    union all
    select getvariable('last_day') + 1 as taken_on
)

select
    region,
    taken_on,
    epoch_ms(
        epoch_ms(taken_on::timestamp) + 300000 + (roll(hash(region, taken_on), 'snapshot') % 60000)::bigint
    )::timestamp_ms as exported_at,
    format('region={}/{}.parquet', region, strftime(exported_at, '%Y%m%dT%H%M%SZ')) as object
from days_taken
cross join regions;

create or replace temp view organizations_exports as
select *, 'organizations/' || object as path
from organizations
inner join snapshots using (region)
where is_named and (joined_on is null or joined_on <= taken_on)
order by path, organization_no;

create or replace temp view workspaces_exports as
select
    * replace (case when taken_on >= renamed_on then new_name else name end as name),
    'workspaces/' || object as path
from workspaces
inner join snapshots using (region)
where is_named and (joined_on is null or joined_on <= taken_on)
order by path, workspace_no
