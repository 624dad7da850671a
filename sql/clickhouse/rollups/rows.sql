-- The rows of {table}, their states as plain numbers.
-- One row per ({period}, {dimensions}).
-- Reads {table}. A partition is swapped in whole, so no group stands twice.
select {period}, {dimensions}, {measures}
from {table}{exploded}
