-- main.wrapped_organizations: the identities just settled.
-- One row returned per organization that is new or changed.
-- Reads settled, writes main.wrapped_organizations.
merge into main.wrapped_organizations as known
using settled
on known.organization_id = settled.organization_id
when matched and (known.wrapped_id, known.customer_name, known.created_at)
    is distinct from (settled.wrapped_id, settled.customer_name, settled.created_at)
    then update
when not matched then insert
returning organization_id
