-- bell: a draw as a number that is roughly normal, of mean 0 and deviation 1, never past 3.5.
-- One value per draw: the sum of its four 16-bit parts, which costs no logarithm and no cosine.
-- Reads nothing.
create or replace temp macro bell(draw) as
    (((draw & 65535) + ((draw >> 16) & 65535) + ((draw >> 32) & 65535) + (draw >> 48)) / 65536.0 - 2) * 1.732
