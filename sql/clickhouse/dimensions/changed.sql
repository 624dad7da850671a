-- What of {dimension} is about to change: ids that come, go, or say something else. Of an id that several regions name, the newest
-- snapshot may count: it may do so by its age alone.
-- One row per {subject}.
-- Reads {staging} and dimensions_{dimension}.
with changes as (
    select
        ifNull(held.{subject}, staged.{subject}) as changed_subject,
        not ({same}) as says_something_else,
        held.exported_at is distinct from staged.exported_at as is_of_another_age,
        count() over (partition by {id}) as regions
    from dimensions_{dimension} as held
    full join {staging} as staged on {same_key}
)

select distinct changed_subject
from changes
where says_something_else or (is_of_another_age and regions > 1)
