-- dice: a repeatable 64-bit draw about one numbered thing of the world, as in dice(pipe_no, 'latency').
-- One value per (number, salt); the same seed meets the same organizations and pipes in every year.
-- Reads the variable seed. Two hashes deep, since hash(n, 'a') and hash(n, 'b') differ by a constant XOR alone.
create or replace temp macro dice(number, salt) as
    hash(hash(number, getvariable('seed'), salt))
