-- Makes hourly recompute the hours of the organizations of which a merge changes rows; a row exported again says nothing new.
-- One row per (hour, organization_id).
-- Reads staged and raw.{family} before the merge, writes stale.rollups.
insert into stale.rollups (level, family, period, hour, organization_id)
select distinct
    'hourly',
    $family,
    cast(staged.{event_time} as date),
    date_trunc('hour', staged.{event_time}),
    staged.organization_id
from staged
left join raw.{family} as known on {same_key}
where known.exported_at is null
    or (
        ({staged_tie_break}) > ({known_tie_break})
        and ({staged_contents}) is distinct from ({known_contents})
    )
