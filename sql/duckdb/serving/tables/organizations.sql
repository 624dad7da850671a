-- organizations: who owns whom, and the small number that an organization has in a region inside this file. Ids of workspaces and data
-- sources mean something within an organization and region only, so that number is what parts name.
-- Endpoints read main.organizations, which begins as this table: ids and regions break ties, never to be answered.
-- One row per (organization_id, region), numbered from 0 so that the organizations of a customer follow each other.
-- Written by write_snapshot.
create table organizations (
    organization integer not null,
    organization_id varchar not null,
    region varchar not null,
    wrapped_id varchar not null
)
