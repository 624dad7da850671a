-- nth: an entry of a list, so many steps after the one that a draw falls on, going round.
-- One value per draw and steps.
-- Reads nothing.
create or replace temp macro nth(entries, draw, steps) as
    entries[1 + ((draw % len(entries))::bigint + steps) % len(entries)]
