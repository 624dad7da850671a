-- organizations: who owns whom, and the small number that an organization has inside this file.
-- One row per organization_id, numbered from 0 so that the organizations of a customer follow each other.
-- Written by write_snapshot.
create table organizations (
    organization integer not null,
    organization_id varchar not null,
    wrapped_id varchar not null
)
