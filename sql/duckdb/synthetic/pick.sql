-- pick: the entry of a list that a draw falls on.
-- One value per draw; every entry is equally likely.
-- Reads nothing.
create or replace temp macro pick(entries, draw) as
    entries[1 + (draw % len(entries))::bigint]
