-- fraction: a draw as a number from 0 to just under 1.
-- One value per draw; its upper 53 bits are used, as many as a double holds.
-- Reads nothing.
create or replace temp macro fraction(draw) as
    (draw >> 11) / 9007199254740992.0
