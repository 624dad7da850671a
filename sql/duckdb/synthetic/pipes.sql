-- pipes: the API endpoints of a workspace.
-- One row per pipe, with what a typical request to it costs; from renamed_on (null: never) it is called new_name.
-- Reads workspaces.
create or replace temp table pipes as
with ordinals as (
    select
        workspaces.workspace_no,
        workspaces.workspace_id,
        workspaces.organization_no,
        workspaces.organization_id,
        unnest(range(3 + (dice(workspace_no, 'pipes') % 6)::bigint)) as ordinal
    from workspaces
),

numbered as (
    select
        *,
        row_number() over (order by workspace_no, ordinal) - 1 as pipe_no
    from ordinals
),

named as (
    select
        *,
        nth($pipe_names, dice(workspace_no, 'first pipe'), 7 * ordinal) as name
    from numbered
)

select
    pipe_no,
    workspace_no,
    workspace_id,
    organization_no,
    organization_id,
    t_text(dice(pipe_no, 'pipe'), dice(pipe_no, 'pipe, low')) as pipe_id,
    name,
    name || '_v2' as new_name,
    case
        when pipe_no = 0 or dice(pipe_no, 'renamed') % 9 = 0
            then rename_day($first_day, $last_day, dice(pipe_no, 'renamed on'))
    end as renamed_on,
    pow(1 + ordinal, -0.9) as share,
    -- Most are quick lookups of a few milliseconds, some are reports of a few hundred.
    2.5 * exp(4.6 * pow(fraction(dice(pipe_no, 'latency')), 1.6)) as typical_ms,
    exp(9 + 9 * fraction(dice(pipe_no, 'bytes'))) as typical_bytes,
    24 + (dice(pipe_no, 'width') % 400)::bigint as bytes_per_row,
    (1 + dice(pipe_no, 'page') % 100)::bigint as page_rows,
    0.002 + 0.04 * pow(fraction(dice(pipe_no, 'errors')), 4) as error_rate
from named
order by pipe_no
