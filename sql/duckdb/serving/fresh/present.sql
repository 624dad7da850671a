-- Parts of {below} as they are now, for the changed {period}s: those of the snapshot that still hold, and what replaces the others.
-- One row per part of one kind.
-- Reads the snapshot, fresh.{below} and changed, from $from up to $to.
with fresh as (
    from fresh.{below}
    where kind = $below_kind and {below_period} >= $from and {below_period} < $to
),

recorded as (
    from history.{below}.parts
    where kind = $below_kind and {below_period} >= $from and {below_period} < $to
),

present as (
    select recorded.*
    from recorded
    anti join (from fresh where id is null) as replaced using (organization, {below_period})
    union all
    from fresh
    where id is not null
)

select parts.*
from present as parts
semi join changed
    on parts.organization = changed.organization
    and cast(date_trunc('{period}', parts.{below_period}) as {period_type}) = changed.{period}
