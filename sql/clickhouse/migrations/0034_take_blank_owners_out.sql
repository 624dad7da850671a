-- landing_organizations: names and customers without a visible character say nothing, as in what is imported from now on.
-- No rows.
-- Changes rows of landing_organizations.
alter table landing_organizations
update
    name = if(match(name, '[^\\s\\p{Z}\\p{C}]'), name, null),
    customer_id = if(match(customer_id, '[^\\s\\p{Z}\\p{C}]'), customer_id, null),
    customer_name = if(match(customer_name, '[^\\s\\p{Z}\\p{C}]'), customer_name, null)
where not match(ifNull(name, 'none'), '[^\\s\\p{Z}\\p{C}]')
    or not match(ifNull(customer_id, 'none'), '[^\\s\\p{Z}\\p{C}]')
    or not match(ifNull(customer_name, 'none'), '[^\\s\\p{Z}\\p{C}]')
settings mutations_sync = 2
