-- changed: organizations of which a touched {period} holds something that is not in the snapshot.
-- One row per (organization, {period}).
-- Reads touched and the level below, which has a mark for each organization, period and kind that has any row.
insert into changed
select distinct organization, cast(date_trunc('{period}', {below_period}) as {period_type}) as {period}
from fresh.{below}
where kind = $kind
    and cast(date_trunc('{period}', {below_period}) as {period_type}) in (select {period} from touched)
