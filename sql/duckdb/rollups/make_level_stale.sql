-- Makes {consumer}.{table} follow {level}.
-- One row per group of {consumer} that changed, or per {consumer_period}.
-- Reads difference, writes stale.rollups.
insert into stale.rollups (level, family, rollup, period, {changed})
select distinct '{consumer}', '{family}', '{table}', cast(date_trunc('{consumer_period}', {period}) as date), {changed}
from difference
