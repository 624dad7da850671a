-- What of {dimension} is about to change: ids that come, go, or say something else.
-- One row per id; `is_renamed` when its name differs.
-- Reads {staging} and dimensions_{dimension}.
select
    ifNull(held.{key}, staged.{key}) as id,
    held.name is distinct from staged.name as is_renamed
from dimensions_{dimension} as held
full join {staging} as staged on held.{key} = staged.{key}
where not ({same})
