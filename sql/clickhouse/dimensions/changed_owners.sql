-- Which identities are about to be new or different.
-- One row per organization_id, with the owner it had, if any, and the owner it gets.
-- Reads {staging} and wrapped_organizations.
select
    staged.organization_id as organization_id,
    held.wrapped_id as old_owner,
    staged.wrapped_id as new_owner
from {staging} as staged
left join wrapped_organizations as held on held.organization_id = staged.organization_id
where held.wrapped_id is distinct from staged.wrapped_id
    or held.customer_name is distinct from staged.customer_name
    or held.created_at is distinct from staged.created_at
