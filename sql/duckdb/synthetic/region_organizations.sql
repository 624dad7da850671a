-- organizations of one region's own database, as they are at the end.
-- One row per named organization of $region.
-- Reads temp.organizations.
create table main.organizations as
select
    organization_id,
    name,
    customer_id,
    customer_name
from temp.organizations
where region = $region and is_named
order by organization_no
