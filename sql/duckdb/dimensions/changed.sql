-- changed: of whom {dimension} says something else now. Of an id that several regions name, the newest snapshot counts: it may do so
-- by its age alone.
-- One row per {subject}.
-- Reads before and dimensions.{dimension}.
create or replace temp table changed as
with changes as (
    select
        {subject},
        ({before}) is distinct from ({now}) as says_something_else,
        before.exported_at is distinct from now.exported_at as is_of_another_age,
        count(*) over (partition by {key}) as regions
    from before
    full join dimensions.{dimension} as now using ({key}, region)
)

select distinct {subject}
from changes
where says_something_else or (is_of_another_age and regions > 1)
