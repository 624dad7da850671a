-- landing_workspaces: names without a visible character say nothing, as in what is imported from now on.
-- No rows.
-- Changes rows of landing_workspaces.
alter table landing_workspaces
update name = null
where not match(ifNull(name, 'none'), '[^\\s\\p{Z}\\p{C}]')
settings mutations_sync = 2
