-- rename_day: a day in the middle of the world's time, on which something gets another name.
-- One day per draw, no earlier than three tenths into the time and no later than seven.
-- Reads nothing.
create or replace temp macro rename_day(first_day, last_day, draw) as
    first_day + ((last_day - first_day) * (0.3 + 0.4 * fraction(draw)))::integer
