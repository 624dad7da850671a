-- organizations: who owns whom, as it is now. organization_id is for settling ties, never to be answered.
-- One row per organization.
-- Reads fresh.organizations.
create view organizations as
select organization, organization_id, wrapped_id
from fresh.organizations
