-- stale.summaries: whose summary must be recomputed because monthly, an owner or a name changed.
-- One row per (year, organization_id, month); a null organization means the whole edition, a null month any of them.
-- Written by monthly and by the dimensions, deleted by wrapped_summaries in the transaction that recomputed it.
create table if not exists stale.summaries (
    year smallint not null,
    organization_id varchar,
    month date
)
