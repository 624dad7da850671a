-- Parts of {below} as they are now, for the changed {period}s: those of the snapshot that still hold, and what replaces the others.
-- One row per part of one kind.
-- Reads the snapshot, fresh.{below} and changed.
select parts.*
from history.{below}.parts as parts
semi join changed
    on parts.organization = changed.organization
    and cast(date_trunc('{period}', parts.{below_period}) as {period_type}) = changed.{period}
anti join (from fresh.{below} where kind = $below_kind and id is null) as replaced
    on parts.organization = replaced.organization and parts.{below_period} = replaced.{below_period}
where parts.kind = $below_kind and parts.{below_period} >= $from and parts.{below_period} < $to
union all
select parts.*
from fresh.{below} as parts
semi join changed
    on parts.organization = changed.organization
    and cast(date_trunc('{period}', parts.{below_period}) as {period_type}) = changed.{period}
where parts.kind = $below_kind and parts.id is not null
