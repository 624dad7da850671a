-- Takes the wanted summaries of $year out, and those whose customer no longer owns any organization.
-- One row per summary removed.
-- Writes main.wrapped_summaries.
delete from main.wrapped_summaries
where year = $year
    and (
        wrapped_id in (select wrapped_id from wanted)
        or wrapped_id not in (select wrapped_id from main.wrapped_organizations)
    )
