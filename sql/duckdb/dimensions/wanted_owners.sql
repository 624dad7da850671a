-- Who owns each organization that must be looked at: the newest snapshot's customer, or itself.
-- One row per organization_id.
-- Reads stale.identities (or, with $everyone, every organization known), dimensions.owners and the months of every family.
with wanted as (
    select organization_id from stale.identities
    union
    select organization_id from dimensions.organizations where $everyone
    union
    select organization_id from main.wrapped_organizations where $everyone
    union
    select organization_id from ({months}) where $everyone
)

select
    wanted.organization_id,
    coalesce(owners.customer_id, wanted.organization_id) as customer_id,
    owners.customer_name,
    owners.created_at
from wanted
left join dimensions.owners as owners using (organization_id)
order by wanted.organization_id
