-- stale.identities: organizations whose public identity must be looked at because they are new or changed owner.
-- One row per organization_id.
-- Written by monthly and by organizations, deleted by wrapped_organizations in the transaction that settled it.
create table if not exists stale.identities (
    organization_id varchar not null
)
