-- reach: how far the edition's plays reach, and whether the window is over.
-- One row, or none without a play in the window.
-- Reads day_pieces of all buckets.
select
    least(max(exported_at), $to - interval 1 millisecond) as through,
    max(exported_at) >= $to - interval 1 millisecond as is_over
from day_pieces
having max(exported_at) is not null
