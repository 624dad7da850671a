-- wrapped_summaries: a null is a number that some request does not say; the year before by months, each with its first day that has a request.
-- No rows.
-- Changes columns of wrapped_summaries.
alter table wrapped_summaries
    modify column errors Nullable(Int64),
    modify column result_rows Nullable(Int128),
    modify column days Array(Tuple(day Date32, requests Int64, errors Nullable(Int64))) codec(ZSTD(1)),
    add column if not exists previous_months Array(Tuple(first_day Date32, requests Int64)) after previous_requests
