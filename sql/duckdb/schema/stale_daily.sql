-- stale.daily: what daily must recompute because hourly changed. Empty means up to date.
-- One row per (family, period, organization_id); a null organization means the whole period.
-- Written by hourly in the transaction that changed it, deleted by daily in the one that recomputed it.
create table if not exists stale.daily (
    family varchar not null,
    period date not null,
    organization_id varchar
)
