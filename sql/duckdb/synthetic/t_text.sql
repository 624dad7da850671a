-- t_text: an id as pipes and data sources have it, such as t_3b0c6d2f9a1e4d5c8b7a6f5e4d3c2b1a.
-- One value per pair of draws.
-- Reads nothing.
create or replace temp macro t_text(high, low) as
    't_' || replace(uuid_text(high, low), '-', '')
