-- Moves {consumer}.{table} by what changed one level below: sums add up, so the other periods are not read again.
-- One row per group moved; a group that lost its last row goes.
-- Reads difference, writes {consumer}.{table}.
merge into {consumer}.{table} as known
using (
    select cast(date_trunc('{period}', {source_period}) as date) as {period}, {dimensions}, {differences}
    from difference
    group by all
) as moved
on {same_group}
when matched and known.{count} + moved.{count} = 0 then delete
when matched then update set {sums}
when not matched then insert ({columns}) values ({moved_columns})
