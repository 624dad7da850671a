-- data_sources: the tables of a workspace.
-- One row per data source, with its final size; from renamed_on (null: never) it is called new_name.
-- Reads workspaces, organizations. One small organization in twelve has none.
create or replace temp table data_sources as
with ordinals as (
    select
        workspaces.workspace_id,
        workspaces.organization_no,
        workspaces.organization_id,
        workspaces.workspace_no,
        workspaces.share as workspace_share,
        organizations.region,
        organizations.weight,
        unnest(range(1 + (dice(workspaces.workspace_no, 'data sources') % 4)::bigint)) as ordinal
    from workspaces
    inner join organizations using (organization_no)
    where
        workspaces.organization_no < 5
        or organizations.weight = 0
        or dice(workspaces.organization_no, 'no data') % 12 > 0
),

numbered as (
    select
        *,
        -- Shuffled, since they are read in this order: every hour then reads some of every region.
        row_number() over (
            order by dice(8 * workspace_no + ordinal, 'shuffle'), workspace_no, ordinal
        ) - 1 as data_source_no
    from ordinals
),

named as (
    select
        *,
        nth($data_source_names, dice(workspace_no, 'first data source'), 3 * ordinal) as name
    from numbered
)

select
    data_source_no,
    workspace_id,
    organization_no,
    organization_id,
    region,
    t_text(dice(data_source_no, 'data source'), dice(data_source_no, 'data source, low')) as datasource_id,
    name,
    name || '_current' as new_name,
    case
        when data_source_no = 0 or dice(data_source_no, 'renamed') % 11 = 0
            then rename_day($first_day, $last_day, dice(data_source_no, 'renamed on'))
    end as renamed_on,
    pow(1 + ordinal, -0.9) * workspace_share as share,
    24 + (dice(data_source_no, 'width') % 300)::bigint as bytes_per_row,
    1e11 * (0.001 + weight) * pow(fraction(dice(data_source_no, 'size')), 3) as final_bytes
from named
order by data_source_no
