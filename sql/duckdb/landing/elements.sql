-- The columns of some landing files and what is nested in them, with the types that DuckDB reads them as.
-- One row per element of a file's schema, each before its children; the first of a file is the whole.
-- Reads the footers of the Parquet files in $paths.
select file_name, name, duckdb_type, num_children
from parquet_schema($paths)
order by file_name, column_id
