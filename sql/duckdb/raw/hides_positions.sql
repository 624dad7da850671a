-- Whether some landing file has a column of its own by the name that DuckDB has for which file a row is from.
-- One row, hides_positions = true or false.
-- Reads the footers of the Parquet files in $paths_0.
select count(*) > 0 as hides_positions
from parquet_schema($paths_0)
where lower(name) = 'file_index'
