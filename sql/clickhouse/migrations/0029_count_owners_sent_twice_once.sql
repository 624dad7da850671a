-- wrapped_organizations: owners sent again because the answer was lost count once, in its staging, which takes over this setting.
-- No rows.
-- Changes a setting of wrapped_organizations.
alter table wrapped_organizations modify setting non_replicated_deduplication_window = 1000
