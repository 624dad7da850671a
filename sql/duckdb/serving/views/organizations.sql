-- organizations: who owns whom, as it is now. An organization has a number in each region, as its workspaces and data sources have
-- their ids there. organization_id and region are for settling ties; the id is never to be answered.
-- One row per (organization_id, region).
-- Reads fresh.organizations.
create view organizations as
select organization, organization_id, region, wrapped_id
from fresh.organizations
