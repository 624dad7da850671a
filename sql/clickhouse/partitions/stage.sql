-- {staging}: an empty place to build partitions of {table} in.
create or replace table {staging} as {table}
