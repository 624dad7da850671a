-- main.wrapped_summaries: the final integers of each customer's year; rates, percentages and ranks are computed from them.
-- One row per (year, wrapped_id); `facts` holds the columns of every story as JSON. A null there is a number that some request of the year does not say.
-- Written by wrapped_summaries from sql/products/<product>/; read through sql/duckdb/summaries/read.sql.
create table if not exists main.wrapped_summaries (
    year smallint not null,
    wrapped_id varchar not null,
    requests bigint not null,
    facts json not null
)
