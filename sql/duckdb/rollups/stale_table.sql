-- stale.rollups: what each level of the rollups must recompute because the level below changed. Empty means up to date.
-- One row per (level, family, rollup, period, group), or several: the period by its first day, the group by its dimensions, of hours
-- by hour and subject; of other levels that are computed from raw by the subject. A null subject means everybody's, a null rollup all of them.
-- Written by the level below in the transaction that changed it, deleted by the level in the one that recomputed it.
create table if not exists stale.rollups (
    level varchar not null,
    family varchar not null,
    rollup varchar,
    period date not null,
    hour timestamp,
    {dimensions}
)
