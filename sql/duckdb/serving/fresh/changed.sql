-- fresh.changed_{level}_{table}: which organizations have another {period} than the snapshot says.
-- One row per ({period}, organization).
-- Reads itself for what is not touched, and {source}.
create or replace table fresh.changed_{level}_{table} as
select {period}, organization from fresh.changed_{level}_{table}
where {period} not in (select {period} from touched)
union all
select distinct cast(date_trunc('{period}', {source_period}) as {period_type}) as {period}, organization
from {source}
where cast(date_trunc('{period}', {source_period}) as {period_type}) in (select {period} from touched)
