-- Makes {level} recompute what a merge changes; a row exported again says nothing new.
-- One row per {unit} and ({grain}).
-- Reads staged and raw.{family} before the merge, writes stale.rollups.
insert into stale.rollups (level, family, period, {grain})
select distinct
    '{level}',
    $family,
    cast(date_trunc('{unit}', staged.{event_time}) as date),
    {touched}
from staged
left join raw.{family} as known on {same_key}
where known.exported_at is null
    or (
        ({staged_tie_break}) > ({known_tie_break})
        and ({staged_contents}) is distinct from ({known_contents})
    )
