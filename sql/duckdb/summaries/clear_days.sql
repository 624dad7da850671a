-- Takes the wanted months of the wanted customers out of $year, and everything of those who own no organization any more.
-- One row per day removed.
-- Reads wanted and main.wrapped_organizations, writes main.wrapped_days.
delete from main.wrapped_days
where year = $year
    and (
        (wrapped_id, date_trunc('month', day)) in (select (wrapped_id, month) from wanted where month is not null)
        or wrapped_id in (select wrapped_id from wanted where month is null)
        or wrapped_id not in (select wrapped_id from main.wrapped_organizations)
    )
