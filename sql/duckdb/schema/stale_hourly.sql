-- stale.hourly: what hourly must recompute because raw changed. Empty means up to date.
-- One row per (family, day, hour, organization_id); a null organization means the whole day.
-- Written by raw in the transaction that changed it, deleted by hourly in the one that recomputed it.
create table if not exists stale.hourly (
    family varchar not null,
    period date not null,
    hour timestamp,
    organization_id varchar
)
