-- stale.weekly: what weekly must recompute because daily changed. Empty means up to date.
-- One row per (family, period, organization_id); a null organization means the whole period.
-- Written by daily in the transaction that changed it, deleted by weekly in the one that recomputed it.
create table if not exists stale.weekly (
    family varchar not null,
    period date not null,
    organization_id varchar
)
