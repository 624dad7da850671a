-- wrapped_summaries: the final integers of each customer's year; rates, percentages and ranks are computed from them.
-- One row per (year, wrapped_id); `facts` holds the columns of every story as JSON. A null there is a number that some request of the year does not say.
-- Built in staging by DuckDB from sql/products/<product>/, a year at a time; read through summaries/read.sql.
create table if not exists wrapped_summaries (
    year Int32,
    wrapped_id String,
    requests Int64,
    -- Days ascend and counts are small.
    days Array(Tuple(day Date32, requests Int64, errors Nullable(Int64))) codec(ZSTD(1)),
    facts String codec(ZSTD(1))
)
engine = MergeTree
partition by year
order by wrapped_id
