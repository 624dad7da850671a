-- Summaries of a year whose totals are not the sums of their organizations' monthly rollups. None is a pass.
-- One row per customer that differs, is missing, or should not be there. A frozen edition left rows out and is passed over.
-- Reads wrapped_summaries, wrapped_organizations and twelve months of the monthly rollups.
with parts as (
    select organization_id, [
        toInt128(sumMerge(requests)), toInt128(sumMerge(errors)), sumMerge(read_bytes), sumMerge(read_rows),
        sumMerge(result_rows), 0, 0, 0, 0, 0, 0, toInt128(sumMerge(errors_unknown)),
        toInt128(sumMerge(result_rows_unknown))
    ] as totals
    from monthly_pipe_stats_requests
    where month >= makeDate32({year:Int32}, 1, 1) and month < makeDate32({year:Int32} + 1, 1, 1)
    group by organization_id
    union all
    select organization_id, [
        0, 0, 0, 0, 0, toInt128(sumMerge(operations)), sumMerge(written_bytes), sumMerge(written_rows), 0, 0, 0, 0, 0
    ]
    from monthly_ingestion_operations
    where month >= makeDate32({year:Int32}, 1, 1) and month < makeDate32({year:Int32} + 1, 1, 1)
    group by organization_id
    union all
    select organization_id, [0, 0, 0, 0, 0, 0, 0, 0, sum(last_bytes), sum(last_rows), 1, 0, 0]
    from (
        select organization_id, datasource_id, argMaxMerge(bytes) as last_bytes, argMaxMerge(rows) as last_rows
        from monthly_storage_sizes
        where month >= makeDate32({year:Int32}, 1, 1) and month < makeDate32({year:Int32} + 1, 1, 1)
        group by organization_id, region, datasource_id
    )
    group by organization_id
),

expected as (
    select
        organizations.wrapped_id as wrapped_id,
        sumForEach(parts.totals) as sums,
        -- What is unknown is -1 here: arrays with nulls are never equal.
        arrayMap(
            (total, place) -> if((place = 2 and sums[12] > 0) or (place = 5 and sums[13] > 0), toInt128(-1), total),
            arraySlice(sums, 1, 10),
            range(1, 11)
        ) as totals,
        sums[11] > 0 as has_sizes
    from parts
    join wrapped_organizations as organizations using (organization_id)
    group by organizations.wrapped_id
),

found as (
    select
        wrapped_id,
        [
            toInt128(requests),
            ifNull(JSONExtract(facts, 'errors', 'Nullable(Int128)'), -1),
            JSONExtract(facts, 'bytes_read', 'Int128'),
            JSONExtract(facts, 'rows_read', 'Int128'),
            ifNull(JSONExtract(facts, 'result_rows', 'Nullable(Int128)'), -1),
            JSONExtract(facts, 'ingestion_operations', 'Int128'),
            JSONExtract(facts, 'ingestion_bytes', 'Int128'),
            JSONExtract(facts, 'ingestion_rows', 'Int128'),
            JSONExtract(facts, 'storage_bytes', 'Int128'),
            JSONExtract(facts, 'storage_rows', 'Int128')
        ] as totals,
        JSONType(facts, 'storage_bytes') <> 'Null' as has_sizes,
        arraySum(day -> day.requests, days) as requests_of_days
    from wrapped_summaries
    where year = {year:Int32}
)

select wrapped_id, toString(expected.totals) as expected, toString(found.totals) as found
from expected
full join found using (wrapped_id)
where {year:Int32} not in (select year from wrapped_editions where frozen_at is not null)
    and (
        expected.totals <> found.totals
        or expected.has_sizes is distinct from found.has_sizes
        or found.requests_of_days <> found.totals[1]
    )
order by all
