-- touched: which organizations of $family {level} must recompute, and in which period.
-- One row per (period, organization_id).
-- Reads stale.{level} from $from up to $to.
create or replace temp table touched as
select distinct {period} as period, organization_id
from stale.{level}
where family = $family and period >= $from and period < $to
