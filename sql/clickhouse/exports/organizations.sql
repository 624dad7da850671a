-- A region's organizations as they are now: a whole snapshot.
-- One row per organization.
-- Reads organizations of the region's own database.
select
    -- One byte that is no UTF-8 would make the whole file unreadable: toValidUTF8 puts U+FFFD in its place.
    toValidUTF8(toString(held.organization_id)) as organization_id,
    toValidUTF8(toString(held.name)) as name,
    -- Where null is not allowed, an empty id says that there is none.
    nullIf(toValidUTF8(toString(held.customer_id)), '') as customer_id,
    toValidUTF8(toString(held.customer_name)) as customer_name,
    {exported_at:DateTime64(3, 'UTC')} as exported_at
from organizations as held
