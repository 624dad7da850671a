-- main.wrapped_organizations: which public identity an organization belongs to.
-- One row per organization_id; a customer with organizations in several regions has one wrapped_id.
-- Written by wrapped_organizations.
create table if not exists main.wrapped_organizations (
    organization_id varchar not null,
    customer_id varchar not null,
    wrapped_id varchar not null,
    customer_name varchar,
    created_at timestamp
)
