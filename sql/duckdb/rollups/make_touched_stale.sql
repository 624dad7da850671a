-- Makes {consumer} recompute the organizations just recomputed one level below.
-- One row per ({period}, organization_id).
-- Reads touched, writes stale.{consumer}.
insert into stale.{consumer}
select distinct $family, cast(date_trunc('{period}', period) as date), organization_id
from touched
