-- {source}.{table} as it is now, for the touched {period}s of changed organizations: the snapshot where it still holds, else what replaces it.
-- One row per row of {source}.{table}.
-- Reads the snapshot and the fresh tables.
select state.*
from history.{source}.{table} as state
semi join fresh.changed_{level}_{table} as wanted
    on state.organization = wanted.organization
    and cast(date_trunc('{period}', state.{source_period}) as {period_type}) = wanted.{period}
anti join fresh.changed_{source}_{table} as replaced
    on state.organization = replaced.organization and state.{source_period} = replaced.{source_period}
where cast(date_trunc('{period}', state.{source_period}) as {period_type}) in (select {period} from touched)
union all
select *
from fresh.{source}_{table}
where cast(date_trunc('{period}', {source_period}) as {period_type}) in (select {period} from touched)
