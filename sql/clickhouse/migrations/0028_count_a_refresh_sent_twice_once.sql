-- edition_log: a row sent again because its answer was lost counts once, as in landing_ledger.
-- No rows.
-- Changes a setting of edition_log.
alter table edition_log modify setting non_replicated_deduplication_window = 1000
