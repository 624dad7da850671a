-- workspaces: the parts of an organization.
-- One row per workspace; from renamed_on (null: never) it is called new_name.
-- Reads organizations. One workspace of a named organization is itself in no snapshot.
create or replace temp table workspaces as
with ordinals as (
    select
        organizations.*,
        unnest(range(
            case
                when organization_no < 5 then 5
                else 1 + (dice(organization_no, 'workspaces') % 4)::bigint
            end
        )) as ordinal
    from organizations
),

numbered as (
    select
        *,
        row_number() over (order by organization_no, ordinal) - 1 as workspace_no
    from ordinals
)

select
    workspace_no,
    organization_no,
    organization_id,
    uuid_text(dice(workspace_no, 'workspace'), dice(workspace_no, 'workspace, low')) as workspace_id,
    nth($workspace_names, dice(organization_no, 'first workspace'), 5 * ordinal) as name,
    $new_workspace_names[1 + workspace_no % len($new_workspace_names)] as new_name,
    case
        when (organization_no = 0 and ordinal = 0) or dice(workspace_no, 'renamed') % 7 = 0
            then rename_day($first_day, $last_day, dice(workspace_no, 'renamed on'))
    end as renamed_on,
    is_named and not (organization_no = 1 and ordinal = 1) as is_named,
    pow(1 + ordinal, -1.2) as share
from numbered
order by workspace_no
