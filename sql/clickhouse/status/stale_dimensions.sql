-- Dimensions with snapshots that landed and are not merged yet; one must be rebuilt when an object of it was changed, or when
-- its last swap was cut short.
-- One row per dimension.
-- Reads landing_ledger, built and broken_swaps.
select
    family,
    newest,
    held,
    replaced > held or family in (select family from broken_swaps where layer = 'dimensions') as must_rebuild
from (
    select family, max(sequence) as newest, max(if(replaced_rows > 0, sequence, 0)) as replaced
    from landing_ledger
    where family in {names:Array(String)} and (state = 'landed' or replaced_rows > 0)
    group by family
) as landed
left join (
    select family, max(source_sequence) as followed
    from built
    where layer = 'dimensions'
    group by family
) as marks using (family)
array join [ifNull(followed, 0)] as held
where {everything:Bool} or newest > held or must_rebuild
order by family
