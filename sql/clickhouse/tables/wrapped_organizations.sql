-- wrapped_organizations: which public identity an organization belongs to.
-- One row per organization_id; a customer with organizations in several regions has one wrapped_id.
-- Built in staging and swapped in whole.
create table if not exists wrapped_organizations (
    organization_id String,
    customer_id String,
    wrapped_id String,
    customer_name Nullable(String),
    created_at Nullable(DateTime64(6, 'UTC'))
)
engine = MergeTree
order by organization_id
-- A row sent again because its answer was lost counts once.
settings non_replicated_deduplication_window = 1000
