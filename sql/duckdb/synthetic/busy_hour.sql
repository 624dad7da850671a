-- busy_hour: the UTC hour of an event, from a draw and the customers' clock: busy from nine to six, quiet at night.
-- One hour per draw.
-- Reads nothing.
create or replace temp macro busy_hour(draw, utc_offset) as
    (
        [
            0, 1, 2, 3, 4, 5, 6, 7, 7, 8, 8, 8, 9, 9, 9, 9, 10, 10, 10, 10, 10, 11, 11, 11, 11, 11,
            12, 12, 12, 12, 13, 13, 13, 13, 14, 14, 14, 14, 14, 15, 15, 15, 15, 15, 16, 16, 16, 16,
            17, 17, 17, 17, 18, 18, 18, 19, 19, 19, 20, 20, 21, 21, 22, 23
        ][1 + (draw % 64)::bigint]
        - utc_offset
        + 24
    ) % 24
