-- Parts of {below} as they are now, for the changed {period}s.
-- One row per part of one kind.
-- Reads present_{below} and changed, from $from up to $to.
select parts.*
from present_{below} as parts
semi join changed
    on parts.organization = changed.organization
    and cast(date_trunc('{period}', parts.{below_period}) as {period_type}) = changed.{period}
where parts.kind = $below_kind and parts.{below_period} >= $from and parts.{below_period} < $to
