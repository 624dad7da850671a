set prefer_global_in_and_join = 1;
set distributed_foreground_insert = 1;
set async_insert = 0;
set insert_quorum = 'auto';
set insert_quorum_parallel = 0;
set select_sequential_consistency = 1;
set load_balancing = 'in_order';
set fallback_to_stale_replicas_for_distributed_queries = 0;
set parallel_distributed_insert_select = 0;
set alter_sync = 2;
set distributed_ddl_output_mode = 'throw';
set distributed_ddl_task_timeout = 840;
set allow_replace_partition_from_empty_source = 1;

create table if not exists built on cluster 'prod' (
    layer LowCardinality(String),
    family LowCardinality(String),
    period Date32,
    source_sequence SimpleAggregateFunction(max, UInt64),
    sequence SimpleAggregateFunction(max, UInt64)
)
engine = ReplicatedAggregatingMergeTree('/wrapped/prod/{database}/{table}', '{shard}-{replica}')
order by (layer, family, period);

create table if not exists edition_log on cluster 'prod' (
    year Int32,
    through Nullable(DateTime64(6, 'UTC')),
    generated_at Nullable(DateTime64(6, 'UTC')),
    last_sequence UInt64,
    frozen_at Nullable(DateTime64(6, 'UTC')),
    left_out Array(UInt64),
    followed UInt64,
    reached UInt64,
    version UInt64
)
engine = ReplicatedMergeTree('/wrapped/prod/{database}/{table}', '{shard}-{replica}')
order by (year, version)
settings non_replicated_deduplication_window = 1000;

create table if not exists landing_hours on cluster 'prod' (
    family LowCardinality(String),
    day Date32 codec(Delta, ZSTD(1)),
    file_id UInt64,
    hours UInt32 codec(T64, ZSTD(1))
)
engine = ReplicatedMergeTree('/wrapped/prod/{database}/{table}', '{shard}-{replica}')
order by (family, day, file_id)
settings non_replicated_deduplication_window = 1000;

create table if not exists landing_ledger on cluster 'prod' (
    sequence UInt64 codec(Delta, ZSTD(1)),
    family LowCardinality(String),
    object_key String codec(ZSTD(1)),
    etag String codec(ZSTD(1)),
    file_id UInt64,
    size UInt64,
    folder_day Nullable(Date32),
    region LowCardinality(Nullable(String)),
    state LowCardinality(String),
    reason Nullable(String),
    row_count UInt64,
    bad_row_count UInt64,
    last_exported_at Nullable(DateTime64(6, 'UTC')),
    imported_at DateTime64(6, 'UTC'),
    days Nested (day Date32, row_count UInt64, last_exported_at DateTime64(6, 'UTC')),
    replaced_days Array(Date32),
    replaced_rows UInt64
)
engine = ReplicatedMergeTree('/wrapped/prod/{database}/{table}', '{shard}-{replica}')
order by (family, object_key, sequence)
settings non_replicated_deduplication_window = 1000;

create table if not exists landing_quarantined_rows on cluster 'prod' (
    file_id UInt64,
    row_number UInt64,
    reason LowCardinality(String),
    content String codec(ZSTD(1))
)
engine = ReplicatedReplacingMergeTree('/wrapped/prod/{database}/{table}', '{shard}-{replica}')
order by (file_id, row_number);

create table if not exists schema_migrations on cluster 'prod' (
    version UInt32,
    name String,
    applied_at DateTime64(6, 'UTC') default now64(6, 'UTC')
)
engine = ReplicatedMergeTree('/wrapped/prod/{database}/{table}', '{shard}-{replica}')
order by version;

create table if not exists stale_identities on cluster 'prod' (
    organization_id String,
    sequence UInt64
)
engine = ReplicatedReplacingMergeTree('/wrapped/prod/{database}/{table}', '{shard}-{replica}', sequence)
order by organization_id;

create table if not exists stale_summaries on cluster 'prod' (
    year Int32,
    kind LowCardinality(String),
    organization_id String,
    sequence UInt64
)
engine = ReplicatedReplacingMergeTree('/wrapped/prod/{database}/{table}', '{shard}-{replica}', sequence)
order by (year, kind, organization_id);

create table if not exists swaps on cluster 'prod' (
    layer LowCardinality(String),
    family LowCardinality(String),
    period Date32,
    begun SimpleAggregateFunction(max, UInt64),
    done SimpleAggregateFunction(max, UInt64)
)
engine = ReplicatedAggregatingMergeTree('/wrapped/prod/{database}/{table}', '{shard}-{replica}')
order by (layer, family, period);

create table if not exists wrapped_organizations on cluster 'prod' (
    organization_id String,
    customer_id String,
    wrapped_id String,
    customer_name Nullable(String),
    created_at Nullable(DateTime64(6, 'UTC'))
)
engine = ReplicatedMergeTree('/wrapped/prod/{database}/{table}', '{shard}-{replica}')
order by organization_id
settings non_replicated_deduplication_window = 1000;

create table if not exists wrapped_summaries on cluster 'prod' (
    year Int32,
    wrapped_id String,
    requests Int64,
    days Array(Tuple(day Date32, requests Int64, errors Nullable(Int64))) codec(ZSTD(1)),
    facts String codec(ZSTD(1))
)
engine = ReplicatedMergeTree('/wrapped/prod/{database}/{table}', '{shard}-{replica}')
partition by year
order by wrapped_id;

create table if not exists landing_organizations on cluster 'prod' (
    organization_id String,
    name Nullable(String),
    customer_id Nullable(String),
    customer_name Nullable(String),
    exported_at DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    region LowCardinality(String),
    file_id UInt64 codec(ZSTD(1)),
    row_number UInt64 codec(Delta, ZSTD(1))
)
engine = ReplicatedReplacingMergeTree('/wrapped/prod/{database}/{table}', '{shard}-{replica}', exported_at)
order by (organization_id, exported_at, file_id, row_number);

create table if not exists dimensions_organizations on cluster 'prod' (
    organization_id String,
    name Nullable(String),
    customer_id Nullable(String),
    customer_name Nullable(String),
    exported_at DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    region LowCardinality(String),
    first_exported_at DateTime64(6, 'UTC')
)
engine = ReplicatedMergeTree('/wrapped/prod/{database}/{table}', '{shard}-{replica}')
order by (region, organization_id);

create table if not exists landing_workspaces on cluster 'prod' (
    workspace_id LowCardinality(String),
    organization_id String,
    name Nullable(String),
    exported_at DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    region LowCardinality(String),
    file_id UInt64 codec(ZSTD(1)),
    row_number UInt64 codec(Delta, ZSTD(1))
)
engine = ReplicatedReplacingMergeTree('/wrapped/prod/{database}/{table}', '{shard}-{replica}', exported_at)
order by (organization_id, workspace_id, exported_at, file_id, row_number);

create table if not exists dimensions_workspaces on cluster 'prod' (
    workspace_id LowCardinality(String),
    organization_id String,
    name Nullable(String),
    exported_at DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    region LowCardinality(String),
    first_exported_at DateTime64(6, 'UTC')
)
engine = ReplicatedMergeTree('/wrapped/prod/{database}/{table}', '{shard}-{replica}')
order by (region, organization_id, workspace_id);

create table if not exists landing_artists on cluster 'prod' (
    artist_id String,
    name Nullable(String),
    image_url Nullable(String),
    genre Nullable(String),
    exported_at DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    region LowCardinality(String),
    file_id UInt64 codec(ZSTD(1)),
    row_number UInt64 codec(Delta, ZSTD(1))
)
engine = ReplicatedReplacingMergeTree('/wrapped/prod/{database}/{table}', '{shard}-{replica}', exported_at)
order by (artist_id, exported_at, file_id, row_number);

create table if not exists dimensions_artists on cluster 'prod' (
    artist_id String,
    name Nullable(String),
    image_url Nullable(String),
    genre Nullable(String),
    exported_at DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    region LowCardinality(String),
    first_exported_at DateTime64(6, 'UTC')
)
engine = ReplicatedMergeTree('/wrapped/prod/{database}/{table}', '{shard}-{replica}')
order by (region, artist_id);

create table if not exists landing_tracks on cluster 'prod' (
    track_id String,
    title Nullable(String),
    artist_id String,
    album_id Nullable(String),
    duration_ms Nullable(UInt64) codec(T64, ZSTD(1)),
    isrc Nullable(String),
    tempo Nullable(UInt64) codec(T64, ZSTD(1)),
    energy Nullable(UInt64) codec(T64, ZSTD(1)),
    valence Nullable(UInt64) codec(T64, ZSTD(1)),
    exported_at DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    region LowCardinality(String),
    file_id UInt64 codec(ZSTD(1)),
    row_number UInt64 codec(Delta, ZSTD(1))
)
engine = ReplicatedReplacingMergeTree('/wrapped/prod/{database}/{table}', '{shard}-{replica}', exported_at)
order by (track_id, exported_at, file_id, row_number);

create table if not exists dimensions_tracks on cluster 'prod' (
    track_id String,
    title Nullable(String),
    artist_id String,
    album_id Nullable(String),
    duration_ms Nullable(UInt64) codec(T64, ZSTD(1)),
    isrc Nullable(String),
    tempo Nullable(UInt64) codec(T64, ZSTD(1)),
    energy Nullable(UInt64) codec(T64, ZSTD(1)),
    valence Nullable(UInt64) codec(T64, ZSTD(1)),
    exported_at DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    region LowCardinality(String),
    first_exported_at DateTime64(6, 'UTC')
)
engine = ReplicatedMergeTree('/wrapped/prod/{database}/{table}', '{shard}-{replica}')
order by (region, track_id);

create table if not exists landing_track_aliases on cluster 'prod' (
    track_id String,
    canonical_track_id String,
    exported_at DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    region LowCardinality(String),
    file_id UInt64 codec(ZSTD(1)),
    row_number UInt64 codec(Delta, ZSTD(1))
)
engine = ReplicatedReplacingMergeTree('/wrapped/prod/{database}/{table}', '{shard}-{replica}', exported_at)
order by (track_id, exported_at, file_id, row_number);

create table if not exists dimensions_track_aliases on cluster 'prod' (
    track_id String,
    canonical_track_id String,
    exported_at DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    region LowCardinality(String),
    first_exported_at DateTime64(6, 'UTC')
)
engine = ReplicatedMergeTree('/wrapped/prod/{database}/{table}', '{shard}-{replica}')
order by (region, track_id);

create table if not exists landing_genres on cluster 'prod' (
    genre String,
    parent Nullable(String),
    hue Nullable(UInt64) codec(T64, ZSTD(1)),
    cluster LowCardinality(Nullable(String)),
    exported_at DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    region LowCardinality(String),
    file_id UInt64 codec(ZSTD(1)),
    row_number UInt64 codec(Delta, ZSTD(1))
)
engine = ReplicatedReplacingMergeTree('/wrapped/prod/{database}/{table}', '{shard}-{replica}', exported_at)
order by (genre, exported_at, file_id, row_number);

create table if not exists dimensions_genres on cluster 'prod' (
    genre String,
    parent Nullable(String),
    hue Nullable(UInt64) codec(T64, ZSTD(1)),
    cluster LowCardinality(Nullable(String)),
    exported_at DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    region LowCardinality(String),
    first_exported_at DateTime64(6, 'UTC')
)
engine = ReplicatedMergeTree('/wrapped/prod/{database}/{table}', '{shard}-{replica}')
order by (region, genre);

create table if not exists landing_listeners on cluster 'prod' (
    user_id String,
    display_name Nullable(String),
    time_zone Nullable(String),
    opted_out Nullable(UInt8),
    exported_at DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    region LowCardinality(String),
    file_id UInt64 codec(ZSTD(1)),
    row_number UInt64 codec(Delta, ZSTD(1))
)
engine = ReplicatedReplacingMergeTree('/wrapped/prod/{database}/{table}', '{shard}-{replica}', exported_at)
order by (user_id, exported_at, file_id, row_number);

create table if not exists dimensions_listeners on cluster 'prod' (
    user_id String,
    display_name Nullable(String),
    time_zone Nullable(String),
    opted_out Nullable(UInt8),
    exported_at DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    region LowCardinality(String),
    first_exported_at DateTime64(6, 'UTC')
)
engine = ReplicatedMergeTree('/wrapped/prod/{database}/{table}', '{shard}-{replica}')
order by (region, user_id);

create table if not exists landing_pipe_stats_local on cluster 'prod' (
    start_datetime DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    organization_id String,
    workspace_id LowCardinality(String),
    pipe_id String,
    pipe_name LowCardinality(String),
    request_id String,
    status_code Nullable(Int32),
    error Nullable(UInt8),
    duration_us Nullable(UInt64) codec(T64, ZSTD(1)),
    read_bytes UInt64 codec(T64, ZSTD(1)),
    read_rows UInt64 codec(T64, ZSTD(1)),
    result_rows Nullable(UInt64) codec(T64, ZSTD(1)),
    cpu_time_us Nullable(UInt64) codec(T64, ZSTD(1)),
    method LowCardinality(Nullable(String)),
    user_agent Nullable(String),
    region LowCardinality(String),
    exported_at DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    file_id UInt64 codec(ZSTD(1)),
    row_number UInt64 codec(Delta, ZSTD(1))
)
engine = ReplicatedReplacingMergeTree('/wrapped/prod/{database}/{table}/{shard}', '{replica}', exported_at)
partition by toYYYYMM(start_datetime)
order by (toYYYYMMDD(start_datetime), organization_id, start_datetime, request_id, exported_at, file_id, row_number)
settings max_bytes_to_merge_at_max_space_in_pool = 16777216, max_avg_part_size_for_too_many_parts = 4194304;

create table if not exists landing_pipe_stats on cluster 'prod' as landing_pipe_stats_local
engine = Distributed('prod', 'wrapped', 'landing_pipe_stats_local', cityHash64(organization_id));

create table if not exists raw_pipe_stats_local on cluster 'prod' (
    start_datetime DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    organization_id String,
    workspace_id LowCardinality(String),
    pipe_id String,
    pipe_name LowCardinality(String),
    request_id String,
    status_code Nullable(Int32),
    error Nullable(UInt8),
    duration_us Nullable(UInt64) codec(T64, ZSTD(1)),
    read_bytes UInt64 codec(T64, ZSTD(1)),
    read_rows UInt64 codec(T64, ZSTD(1)),
    result_rows Nullable(UInt64) codec(T64, ZSTD(1)),
    cpu_time_us Nullable(UInt64) codec(T64, ZSTD(1)),
    method LowCardinality(Nullable(String)),
    user_agent Nullable(String),
    region LowCardinality(String),
    exported_at DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    own_partition UInt32
)
engine = ReplicatedMergeTree('/wrapped/prod/{database}/{table}/{shard}', '{replica}')
partition by (toYYYYMM(start_datetime), own_partition)
order by (organization_id, start_datetime, request_id);

create table if not exists raw_pipe_stats on cluster 'prod' as raw_pipe_stats_local
engine = Distributed('prod', 'wrapped', 'raw_pipe_stats_local', cityHash64(organization_id));

create table if not exists hourly_pipe_stats_requests_local on cluster 'prod' (
    hour DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    organization_id String,
    workspace_id LowCardinality(String),
    pipe_id String,
    pipe_name LowCardinality(String),
    region LowCardinality(String),
    requests AggregateFunction(sum, Int64),
    errors AggregateFunction(sum, Int128),
    errors_unknown AggregateFunction(sum, Int64),
    read_bytes AggregateFunction(sum, Int128),
    read_rows AggregateFunction(sum, Int128),
    result_rows AggregateFunction(sum, Int128),
    result_rows_unknown AggregateFunction(sum, Int64),
    cpu_time_us AggregateFunction(sum, Int128),
    last_at AggregateFunction(max, DateTime64(6, 'UTC')),
    own_partition UInt32
)
engine = ReplicatedAggregatingMergeTree('/wrapped/prod/{database}/{table}/{shard}', '{replica}')
partition by (toYYYYMM(hour), own_partition)
order by (organization_id, hour, workspace_id, pipe_id, pipe_name, region);

create table if not exists hourly_pipe_stats_requests on cluster 'prod' as hourly_pipe_stats_requests_local
engine = Distributed('prod', 'wrapped', 'hourly_pipe_stats_requests_local', cityHash64(organization_id));

create table if not exists hourly_pipe_stats_durations_local on cluster 'prod' (
    hour DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    organization_id String,
    histogram AggregateFunction(sumMap, Array(UInt16), Array(Int64)),
    own_partition UInt32
)
engine = ReplicatedAggregatingMergeTree('/wrapped/prod/{database}/{table}/{shard}', '{replica}')
partition by (toYYYYMM(hour), own_partition)
order by (organization_id, hour);

create table if not exists hourly_pipe_stats_durations on cluster 'prod' as hourly_pipe_stats_durations_local
engine = Distributed('prod', 'wrapped', 'hourly_pipe_stats_durations_local', cityHash64(organization_id));

create table if not exists hourly_pipe_stats_days_local on cluster 'prod' (
    hour DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    organization_id String,
    event_date Date32,
    requests AggregateFunction(sum, Int64),
    errors AggregateFunction(sum, Int128),
    errors_unknown AggregateFunction(sum, Int64),
    own_partition UInt32
)
engine = ReplicatedAggregatingMergeTree('/wrapped/prod/{database}/{table}/{shard}', '{replica}')
partition by (toYYYYMM(hour), own_partition)
order by (organization_id, hour, event_date);

create table if not exists hourly_pipe_stats_days on cluster 'prod' as hourly_pipe_stats_days_local
engine = Distributed('prod', 'wrapped', 'hourly_pipe_stats_days_local', cityHash64(organization_id));

create table if not exists hourly_pipe_stats_hours_local on cluster 'prod' (
    hour DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    organization_id String,
    hour_of_day UInt8,
    requests AggregateFunction(sum, Int64),
    own_partition UInt32
)
engine = ReplicatedAggregatingMergeTree('/wrapped/prod/{database}/{table}/{shard}', '{replica}')
partition by (toYYYYMM(hour), own_partition)
order by (organization_id, hour, hour_of_day);

create table if not exists hourly_pipe_stats_hours on cluster 'prod' as hourly_pipe_stats_hours_local
engine = Distributed('prod', 'wrapped', 'hourly_pipe_stats_hours_local', cityHash64(organization_id));

create table if not exists daily_pipe_stats_requests_local on cluster 'prod' (
    day Date32 codec(Delta, ZSTD(1)),
    organization_id String,
    workspace_id LowCardinality(String),
    pipe_id String,
    pipe_name LowCardinality(String),
    region LowCardinality(String),
    requests AggregateFunction(sum, Int64),
    errors AggregateFunction(sum, Int128),
    errors_unknown AggregateFunction(sum, Int64),
    read_bytes AggregateFunction(sum, Int128),
    read_rows AggregateFunction(sum, Int128),
    result_rows AggregateFunction(sum, Int128),
    result_rows_unknown AggregateFunction(sum, Int64),
    cpu_time_us AggregateFunction(sum, Int128),
    last_at AggregateFunction(max, DateTime64(6, 'UTC')),
    own_partition UInt32
)
engine = ReplicatedAggregatingMergeTree('/wrapped/prod/{database}/{table}/{shard}', '{replica}')
partition by (toYYYYMM(day), own_partition)
order by (organization_id, day, workspace_id, pipe_id, pipe_name, region);

create table if not exists daily_pipe_stats_requests on cluster 'prod' as daily_pipe_stats_requests_local
engine = Distributed('prod', 'wrapped', 'daily_pipe_stats_requests_local', cityHash64(organization_id));

create table if not exists daily_pipe_stats_durations_local on cluster 'prod' (
    day Date32 codec(Delta, ZSTD(1)),
    organization_id String,
    histogram AggregateFunction(sumMap, Array(UInt16), Array(Int64)),
    own_partition UInt32
)
engine = ReplicatedAggregatingMergeTree('/wrapped/prod/{database}/{table}/{shard}', '{replica}')
partition by (toYYYYMM(day), own_partition)
order by (organization_id, day);

create table if not exists daily_pipe_stats_durations on cluster 'prod' as daily_pipe_stats_durations_local
engine = Distributed('prod', 'wrapped', 'daily_pipe_stats_durations_local', cityHash64(organization_id));

create table if not exists daily_pipe_stats_days_local on cluster 'prod' (
    day Date32 codec(Delta, ZSTD(1)),
    organization_id String,
    event_date Date32,
    requests AggregateFunction(sum, Int64),
    errors AggregateFunction(sum, Int128),
    errors_unknown AggregateFunction(sum, Int64),
    own_partition UInt32
)
engine = ReplicatedAggregatingMergeTree('/wrapped/prod/{database}/{table}/{shard}', '{replica}')
partition by (toYYYYMM(day), own_partition)
order by (organization_id, day, event_date);

create table if not exists daily_pipe_stats_days on cluster 'prod' as daily_pipe_stats_days_local
engine = Distributed('prod', 'wrapped', 'daily_pipe_stats_days_local', cityHash64(organization_id));

create table if not exists daily_pipe_stats_hours_local on cluster 'prod' (
    day Date32 codec(Delta, ZSTD(1)),
    organization_id String,
    hour_of_day UInt8,
    requests AggregateFunction(sum, Int64),
    own_partition UInt32
)
engine = ReplicatedAggregatingMergeTree('/wrapped/prod/{database}/{table}/{shard}', '{replica}')
partition by (toYYYYMM(day), own_partition)
order by (organization_id, day, hour_of_day);

create table if not exists daily_pipe_stats_hours on cluster 'prod' as daily_pipe_stats_hours_local
engine = Distributed('prod', 'wrapped', 'daily_pipe_stats_hours_local', cityHash64(organization_id));

create table if not exists weekly_pipe_stats_requests_local on cluster 'prod' (
    week Date32 codec(Delta, ZSTD(1)),
    organization_id String,
    workspace_id LowCardinality(String),
    pipe_id String,
    pipe_name LowCardinality(String),
    region LowCardinality(String),
    requests AggregateFunction(sum, Int64),
    errors AggregateFunction(sum, Int128),
    errors_unknown AggregateFunction(sum, Int64),
    read_bytes AggregateFunction(sum, Int128),
    read_rows AggregateFunction(sum, Int128),
    result_rows AggregateFunction(sum, Int128),
    result_rows_unknown AggregateFunction(sum, Int64),
    cpu_time_us AggregateFunction(sum, Int128),
    last_at AggregateFunction(max, DateTime64(6, 'UTC')),
    own_partition UInt32
)
engine = ReplicatedAggregatingMergeTree('/wrapped/prod/{database}/{table}/{shard}', '{replica}')
partition by (toYear(week), own_partition)
order by (organization_id, week, workspace_id, pipe_id, pipe_name, region);

create table if not exists weekly_pipe_stats_requests on cluster 'prod' as weekly_pipe_stats_requests_local
engine = Distributed('prod', 'wrapped', 'weekly_pipe_stats_requests_local', cityHash64(organization_id));

create table if not exists weekly_pipe_stats_durations_local on cluster 'prod' (
    week Date32 codec(Delta, ZSTD(1)),
    organization_id String,
    histogram AggregateFunction(sumMap, Array(UInt16), Array(Int64)),
    own_partition UInt32
)
engine = ReplicatedAggregatingMergeTree('/wrapped/prod/{database}/{table}/{shard}', '{replica}')
partition by (toYear(week), own_partition)
order by (organization_id, week);

create table if not exists weekly_pipe_stats_durations on cluster 'prod' as weekly_pipe_stats_durations_local
engine = Distributed('prod', 'wrapped', 'weekly_pipe_stats_durations_local', cityHash64(organization_id));

create table if not exists weekly_pipe_stats_days_local on cluster 'prod' (
    week Date32 codec(Delta, ZSTD(1)),
    organization_id String,
    event_date Date32,
    requests AggregateFunction(sum, Int64),
    errors AggregateFunction(sum, Int128),
    errors_unknown AggregateFunction(sum, Int64),
    own_partition UInt32
)
engine = ReplicatedAggregatingMergeTree('/wrapped/prod/{database}/{table}/{shard}', '{replica}')
partition by (toYear(week), own_partition)
order by (organization_id, week, event_date);

create table if not exists weekly_pipe_stats_days on cluster 'prod' as weekly_pipe_stats_days_local
engine = Distributed('prod', 'wrapped', 'weekly_pipe_stats_days_local', cityHash64(organization_id));

create table if not exists weekly_pipe_stats_hours_local on cluster 'prod' (
    week Date32 codec(Delta, ZSTD(1)),
    organization_id String,
    hour_of_day UInt8,
    requests AggregateFunction(sum, Int64),
    own_partition UInt32
)
engine = ReplicatedAggregatingMergeTree('/wrapped/prod/{database}/{table}/{shard}', '{replica}')
partition by (toYear(week), own_partition)
order by (organization_id, week, hour_of_day);

create table if not exists weekly_pipe_stats_hours on cluster 'prod' as weekly_pipe_stats_hours_local
engine = Distributed('prod', 'wrapped', 'weekly_pipe_stats_hours_local', cityHash64(organization_id));

create table if not exists monthly_pipe_stats_requests_local on cluster 'prod' (
    month Date32 codec(Delta, ZSTD(1)),
    organization_id String,
    workspace_id LowCardinality(String),
    pipe_id String,
    pipe_name LowCardinality(String),
    region LowCardinality(String),
    requests AggregateFunction(sum, Int64),
    errors AggregateFunction(sum, Int128),
    errors_unknown AggregateFunction(sum, Int64),
    read_bytes AggregateFunction(sum, Int128),
    read_rows AggregateFunction(sum, Int128),
    result_rows AggregateFunction(sum, Int128),
    result_rows_unknown AggregateFunction(sum, Int64),
    cpu_time_us AggregateFunction(sum, Int128),
    last_at AggregateFunction(max, DateTime64(6, 'UTC')),
    own_partition UInt32
)
engine = ReplicatedAggregatingMergeTree('/wrapped/prod/{database}/{table}/{shard}', '{replica}')
partition by (toYear(month), own_partition)
order by (organization_id, month, workspace_id, pipe_id, pipe_name, region);

create table if not exists monthly_pipe_stats_requests on cluster 'prod' as monthly_pipe_stats_requests_local
engine = Distributed('prod', 'wrapped', 'monthly_pipe_stats_requests_local', cityHash64(organization_id));

create table if not exists monthly_pipe_stats_durations_local on cluster 'prod' (
    month Date32 codec(Delta, ZSTD(1)),
    organization_id String,
    histogram AggregateFunction(sumMap, Array(UInt16), Array(Int64)),
    own_partition UInt32
)
engine = ReplicatedAggregatingMergeTree('/wrapped/prod/{database}/{table}/{shard}', '{replica}')
partition by (toYear(month), own_partition)
order by (organization_id, month);

create table if not exists monthly_pipe_stats_durations on cluster 'prod' as monthly_pipe_stats_durations_local
engine = Distributed('prod', 'wrapped', 'monthly_pipe_stats_durations_local', cityHash64(organization_id));

create table if not exists monthly_pipe_stats_days_local on cluster 'prod' (
    month Date32 codec(Delta, ZSTD(1)),
    organization_id String,
    event_date Date32,
    requests AggregateFunction(sum, Int64),
    errors AggregateFunction(sum, Int128),
    errors_unknown AggregateFunction(sum, Int64),
    own_partition UInt32
)
engine = ReplicatedAggregatingMergeTree('/wrapped/prod/{database}/{table}/{shard}', '{replica}')
partition by (toYear(month), own_partition)
order by (organization_id, month, event_date);

create table if not exists monthly_pipe_stats_days on cluster 'prod' as monthly_pipe_stats_days_local
engine = Distributed('prod', 'wrapped', 'monthly_pipe_stats_days_local', cityHash64(organization_id));

create table if not exists monthly_pipe_stats_hours_local on cluster 'prod' (
    month Date32 codec(Delta, ZSTD(1)),
    organization_id String,
    hour_of_day UInt8,
    requests AggregateFunction(sum, Int64),
    own_partition UInt32
)
engine = ReplicatedAggregatingMergeTree('/wrapped/prod/{database}/{table}/{shard}', '{replica}')
partition by (toYear(month), own_partition)
order by (organization_id, month, hour_of_day);

create table if not exists monthly_pipe_stats_hours on cluster 'prod' as monthly_pipe_stats_hours_local
engine = Distributed('prod', 'wrapped', 'monthly_pipe_stats_hours_local', cityHash64(organization_id));

create table if not exists landing_ingestion_local on cluster 'prod' (
    timestamp DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    organization_id String,
    workspace_id LowCardinality(String),
    operation_id String,
    datasource_id String,
    datasource_name LowCardinality(String),
    event_type LowCardinality(String),
    result LowCardinality(String),
    error Nullable(String),
    elapsed_time_us Nullable(UInt64) codec(T64, ZSTD(1)),
    written_rows UInt64 codec(T64, ZSTD(1)),
    written_bytes UInt64 codec(T64, ZSTD(1)),
    written_rows_quarantine UInt64 codec(T64, ZSTD(1)),
    written_bytes_quarantine UInt64 codec(T64, ZSTD(1)),
    read_rows Nullable(UInt64) codec(T64, ZSTD(1)),
    read_bytes Nullable(UInt64) codec(T64, ZSTD(1)),
    cpu_time_us Nullable(UInt64) codec(T64, ZSTD(1)),
    region LowCardinality(String),
    exported_at DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    file_id UInt64 codec(ZSTD(1)),
    row_number UInt64 codec(Delta, ZSTD(1))
)
engine = ReplicatedReplacingMergeTree('/wrapped/prod/{database}/{table}/{shard}', '{replica}', exported_at)
partition by toYYYYMM(timestamp)
order by (toYYYYMMDD(timestamp), organization_id, timestamp, operation_id, datasource_id, event_type, region, exported_at, file_id, row_number)
settings max_bytes_to_merge_at_max_space_in_pool = 16777216, max_avg_part_size_for_too_many_parts = 4194304;

create table if not exists landing_ingestion on cluster 'prod' as landing_ingestion_local
engine = Distributed('prod', 'wrapped', 'landing_ingestion_local', cityHash64(organization_id));

create table if not exists raw_ingestion_local on cluster 'prod' (
    timestamp DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    organization_id String,
    workspace_id LowCardinality(String),
    operation_id String,
    datasource_id String,
    datasource_name LowCardinality(String),
    event_type LowCardinality(String),
    result LowCardinality(String),
    error Nullable(String),
    elapsed_time_us Nullable(UInt64) codec(T64, ZSTD(1)),
    written_rows UInt64 codec(T64, ZSTD(1)),
    written_bytes UInt64 codec(T64, ZSTD(1)),
    written_rows_quarantine UInt64 codec(T64, ZSTD(1)),
    written_bytes_quarantine UInt64 codec(T64, ZSTD(1)),
    read_rows Nullable(UInt64) codec(T64, ZSTD(1)),
    read_bytes Nullable(UInt64) codec(T64, ZSTD(1)),
    cpu_time_us Nullable(UInt64) codec(T64, ZSTD(1)),
    region LowCardinality(String),
    exported_at DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    own_partition UInt32
)
engine = ReplicatedMergeTree('/wrapped/prod/{database}/{table}/{shard}', '{replica}')
partition by (toYYYYMM(timestamp), own_partition)
order by (organization_id, timestamp, operation_id, datasource_id, event_type, region);

create table if not exists raw_ingestion on cluster 'prod' as raw_ingestion_local
engine = Distributed('prod', 'wrapped', 'raw_ingestion_local', cityHash64(organization_id));

create table if not exists hourly_ingestion_operations_local on cluster 'prod' (
    hour DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    organization_id String,
    workspace_id LowCardinality(String),
    datasource_id String,
    event_type LowCardinality(String),
    region LowCardinality(String),
    operations AggregateFunction(sum, Int64),
    failures AggregateFunction(sum, Int64),
    written_rows AggregateFunction(sum, Int128),
    written_bytes AggregateFunction(sum, Int128),
    written_rows_quarantine AggregateFunction(sum, Int128),
    written_bytes_quarantine AggregateFunction(sum, Int128),
    read_rows AggregateFunction(sum, Int128),
    read_bytes AggregateFunction(sum, Int128),
    elapsed_time_us AggregateFunction(sum, Int128),
    cpu_time_us AggregateFunction(sum, Int128),
    own_partition UInt32
)
engine = ReplicatedAggregatingMergeTree('/wrapped/prod/{database}/{table}/{shard}', '{replica}')
partition by (toYYYYMM(hour), own_partition)
order by (organization_id, hour, workspace_id, datasource_id, event_type, region);

create table if not exists hourly_ingestion_operations on cluster 'prod' as hourly_ingestion_operations_local
engine = Distributed('prod', 'wrapped', 'hourly_ingestion_operations_local', cityHash64(organization_id));

create table if not exists daily_ingestion_operations_local on cluster 'prod' (
    day Date32 codec(Delta, ZSTD(1)),
    organization_id String,
    workspace_id LowCardinality(String),
    datasource_id String,
    event_type LowCardinality(String),
    region LowCardinality(String),
    operations AggregateFunction(sum, Int64),
    failures AggregateFunction(sum, Int64),
    written_rows AggregateFunction(sum, Int128),
    written_bytes AggregateFunction(sum, Int128),
    written_rows_quarantine AggregateFunction(sum, Int128),
    written_bytes_quarantine AggregateFunction(sum, Int128),
    read_rows AggregateFunction(sum, Int128),
    read_bytes AggregateFunction(sum, Int128),
    elapsed_time_us AggregateFunction(sum, Int128),
    cpu_time_us AggregateFunction(sum, Int128),
    own_partition UInt32
)
engine = ReplicatedAggregatingMergeTree('/wrapped/prod/{database}/{table}/{shard}', '{replica}')
partition by (toYYYYMM(day), own_partition)
order by (organization_id, day, workspace_id, datasource_id, event_type, region);

create table if not exists daily_ingestion_operations on cluster 'prod' as daily_ingestion_operations_local
engine = Distributed('prod', 'wrapped', 'daily_ingestion_operations_local', cityHash64(organization_id));

create table if not exists weekly_ingestion_operations_local on cluster 'prod' (
    week Date32 codec(Delta, ZSTD(1)),
    organization_id String,
    workspace_id LowCardinality(String),
    datasource_id String,
    event_type LowCardinality(String),
    region LowCardinality(String),
    operations AggregateFunction(sum, Int64),
    failures AggregateFunction(sum, Int64),
    written_rows AggregateFunction(sum, Int128),
    written_bytes AggregateFunction(sum, Int128),
    written_rows_quarantine AggregateFunction(sum, Int128),
    written_bytes_quarantine AggregateFunction(sum, Int128),
    read_rows AggregateFunction(sum, Int128),
    read_bytes AggregateFunction(sum, Int128),
    elapsed_time_us AggregateFunction(sum, Int128),
    cpu_time_us AggregateFunction(sum, Int128),
    own_partition UInt32
)
engine = ReplicatedAggregatingMergeTree('/wrapped/prod/{database}/{table}/{shard}', '{replica}')
partition by (toYear(week), own_partition)
order by (organization_id, week, workspace_id, datasource_id, event_type, region);

create table if not exists weekly_ingestion_operations on cluster 'prod' as weekly_ingestion_operations_local
engine = Distributed('prod', 'wrapped', 'weekly_ingestion_operations_local', cityHash64(organization_id));

create table if not exists monthly_ingestion_operations_local on cluster 'prod' (
    month Date32 codec(Delta, ZSTD(1)),
    organization_id String,
    workspace_id LowCardinality(String),
    datasource_id String,
    event_type LowCardinality(String),
    region LowCardinality(String),
    operations AggregateFunction(sum, Int64),
    failures AggregateFunction(sum, Int64),
    written_rows AggregateFunction(sum, Int128),
    written_bytes AggregateFunction(sum, Int128),
    written_rows_quarantine AggregateFunction(sum, Int128),
    written_bytes_quarantine AggregateFunction(sum, Int128),
    read_rows AggregateFunction(sum, Int128),
    read_bytes AggregateFunction(sum, Int128),
    elapsed_time_us AggregateFunction(sum, Int128),
    cpu_time_us AggregateFunction(sum, Int128),
    own_partition UInt32
)
engine = ReplicatedAggregatingMergeTree('/wrapped/prod/{database}/{table}/{shard}', '{replica}')
partition by (toYear(month), own_partition)
order by (organization_id, month, workspace_id, datasource_id, event_type, region);

create table if not exists monthly_ingestion_operations on cluster 'prod' as monthly_ingestion_operations_local
engine = Distributed('prod', 'wrapped', 'monthly_ingestion_operations_local', cityHash64(organization_id));

create table if not exists landing_storage_local on cluster 'prod' (
    timestamp DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    organization_id String,
    workspace_id LowCardinality(String),
    datasource_id String,
    datasource_name LowCardinality(String),
    bytes UInt64 codec(T64, ZSTD(1)),
    rows UInt64 codec(T64, ZSTD(1)),
    bytes_quarantine UInt64 codec(T64, ZSTD(1)),
    rows_quarantine UInt64 codec(T64, ZSTD(1)),
    region LowCardinality(String),
    exported_at DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    file_id UInt64 codec(ZSTD(1)),
    row_number UInt64 codec(Delta, ZSTD(1))
)
engine = ReplicatedReplacingMergeTree('/wrapped/prod/{database}/{table}/{shard}', '{replica}', exported_at)
partition by toYYYYMM(timestamp)
order by (toYYYYMMDD(timestamp), organization_id, timestamp, datasource_id, region, exported_at, file_id, row_number)
settings max_bytes_to_merge_at_max_space_in_pool = 16777216, max_avg_part_size_for_too_many_parts = 4194304;

create table if not exists landing_storage on cluster 'prod' as landing_storage_local
engine = Distributed('prod', 'wrapped', 'landing_storage_local', cityHash64(organization_id));

create table if not exists raw_storage_local on cluster 'prod' (
    timestamp DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    organization_id String,
    workspace_id LowCardinality(String),
    datasource_id String,
    datasource_name LowCardinality(String),
    bytes UInt64 codec(T64, ZSTD(1)),
    rows UInt64 codec(T64, ZSTD(1)),
    bytes_quarantine UInt64 codec(T64, ZSTD(1)),
    rows_quarantine UInt64 codec(T64, ZSTD(1)),
    region LowCardinality(String),
    exported_at DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    own_partition UInt32
)
engine = ReplicatedMergeTree('/wrapped/prod/{database}/{table}/{shard}', '{replica}')
partition by (toYYYYMM(timestamp), own_partition)
order by (organization_id, timestamp, datasource_id, region);

create table if not exists raw_storage on cluster 'prod' as raw_storage_local
engine = Distributed('prod', 'wrapped', 'raw_storage_local', cityHash64(organization_id));

create table if not exists hourly_storage_sizes_local on cluster 'prod' (
    hour DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    organization_id String,
    workspace_id LowCardinality(String),
    datasource_id String,
    datasource_name LowCardinality(String),
    region LowCardinality(String),
    readings AggregateFunction(sum, Int64),
    last_at AggregateFunction(max, DateTime64(6, 'UTC')),
    bytes AggregateFunction(argMax, Int128, DateTime64(6, 'UTC')),
    rows AggregateFunction(argMax, Int128, DateTime64(6, 'UTC')),
    bytes_quarantine AggregateFunction(argMax, Int128, DateTime64(6, 'UTC')),
    rows_quarantine AggregateFunction(argMax, Int128, DateTime64(6, 'UTC')),
    max_bytes AggregateFunction(max, Int128),
    own_partition UInt32
)
engine = ReplicatedAggregatingMergeTree('/wrapped/prod/{database}/{table}/{shard}', '{replica}')
partition by (toYYYYMM(hour), own_partition)
order by (organization_id, hour, workspace_id, datasource_id, datasource_name, region);

create table if not exists hourly_storage_sizes on cluster 'prod' as hourly_storage_sizes_local
engine = Distributed('prod', 'wrapped', 'hourly_storage_sizes_local', cityHash64(organization_id));

create table if not exists daily_storage_sizes_local on cluster 'prod' (
    day Date32 codec(Delta, ZSTD(1)),
    organization_id String,
    workspace_id LowCardinality(String),
    datasource_id String,
    datasource_name LowCardinality(String),
    region LowCardinality(String),
    readings AggregateFunction(sum, Int64),
    last_at AggregateFunction(max, DateTime64(6, 'UTC')),
    bytes AggregateFunction(argMax, Int128, DateTime64(6, 'UTC')),
    rows AggregateFunction(argMax, Int128, DateTime64(6, 'UTC')),
    bytes_quarantine AggregateFunction(argMax, Int128, DateTime64(6, 'UTC')),
    rows_quarantine AggregateFunction(argMax, Int128, DateTime64(6, 'UTC')),
    max_bytes AggregateFunction(max, Int128),
    own_partition UInt32
)
engine = ReplicatedAggregatingMergeTree('/wrapped/prod/{database}/{table}/{shard}', '{replica}')
partition by (toYYYYMM(day), own_partition)
order by (organization_id, day, workspace_id, datasource_id, datasource_name, region);

create table if not exists daily_storage_sizes on cluster 'prod' as daily_storage_sizes_local
engine = Distributed('prod', 'wrapped', 'daily_storage_sizes_local', cityHash64(organization_id));

create table if not exists weekly_storage_sizes_local on cluster 'prod' (
    week Date32 codec(Delta, ZSTD(1)),
    organization_id String,
    workspace_id LowCardinality(String),
    datasource_id String,
    datasource_name LowCardinality(String),
    region LowCardinality(String),
    readings AggregateFunction(sum, Int64),
    last_at AggregateFunction(max, DateTime64(6, 'UTC')),
    bytes AggregateFunction(argMax, Int128, DateTime64(6, 'UTC')),
    rows AggregateFunction(argMax, Int128, DateTime64(6, 'UTC')),
    bytes_quarantine AggregateFunction(argMax, Int128, DateTime64(6, 'UTC')),
    rows_quarantine AggregateFunction(argMax, Int128, DateTime64(6, 'UTC')),
    max_bytes AggregateFunction(max, Int128),
    own_partition UInt32
)
engine = ReplicatedAggregatingMergeTree('/wrapped/prod/{database}/{table}/{shard}', '{replica}')
partition by (toYear(week), own_partition)
order by (organization_id, week, workspace_id, datasource_id, datasource_name, region);

create table if not exists weekly_storage_sizes on cluster 'prod' as weekly_storage_sizes_local
engine = Distributed('prod', 'wrapped', 'weekly_storage_sizes_local', cityHash64(organization_id));

create table if not exists monthly_storage_sizes_local on cluster 'prod' (
    month Date32 codec(Delta, ZSTD(1)),
    organization_id String,
    workspace_id LowCardinality(String),
    datasource_id String,
    datasource_name LowCardinality(String),
    region LowCardinality(String),
    readings AggregateFunction(sum, Int64),
    last_at AggregateFunction(max, DateTime64(6, 'UTC')),
    bytes AggregateFunction(argMax, Int128, DateTime64(6, 'UTC')),
    rows AggregateFunction(argMax, Int128, DateTime64(6, 'UTC')),
    bytes_quarantine AggregateFunction(argMax, Int128, DateTime64(6, 'UTC')),
    rows_quarantine AggregateFunction(argMax, Int128, DateTime64(6, 'UTC')),
    max_bytes AggregateFunction(max, Int128),
    own_partition UInt32
)
engine = ReplicatedAggregatingMergeTree('/wrapped/prod/{database}/{table}/{shard}', '{replica}')
partition by (toYear(month), own_partition)
order by (organization_id, month, workspace_id, datasource_id, datasource_name, region);

create table if not exists monthly_storage_sizes on cluster 'prod' as monthly_storage_sizes_local
engine = Distributed('prod', 'wrapped', 'monthly_storage_sizes_local', cityHash64(organization_id));

create table if not exists landing_plays_local on cluster 'prod' (
    user_id String,
    track_id String,
    ts DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    ms_played UInt64 codec(T64, ZSTD(1)),
    artist_id LowCardinality(String),
    album_id Nullable(String),
    source LowCardinality(Nullable(String)),
    device_class LowCardinality(Nullable(String)),
    country LowCardinality(Nullable(String)),
    region LowCardinality(String),
    exported_at DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    file_id UInt64 codec(ZSTD(1)),
    row_number UInt64 codec(Delta, ZSTD(1))
)
engine = ReplicatedReplacingMergeTree('/wrapped/prod/{database}/{table}/{shard}', '{replica}', exported_at)
partition by toYYYYMM(ts)
order by (toYYYYMMDD(ts), user_id, ts, track_id, exported_at, file_id, row_number)
settings max_bytes_to_merge_at_max_space_in_pool = 16777216, max_avg_part_size_for_too_many_parts = 4194304;

create table if not exists landing_plays on cluster 'prod' as landing_plays_local
engine = Distributed('prod', 'wrapped', 'landing_plays_local', cityHash64(user_id));

create table if not exists raw_plays_local on cluster 'prod' (
    user_id String,
    track_id String,
    ts DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    ms_played UInt64 codec(T64, ZSTD(1)),
    artist_id LowCardinality(String),
    album_id Nullable(String),
    source LowCardinality(Nullable(String)),
    device_class LowCardinality(Nullable(String)),
    country LowCardinality(Nullable(String)),
    region LowCardinality(String),
    exported_at DateTime64(6, 'UTC') codec(Delta, ZSTD(1)),
    own_partition UInt32
)
engine = ReplicatedMergeTree('/wrapped/prod/{database}/{table}/{shard}', '{replica}')
partition by (toYYYYMM(ts), own_partition)
order by (user_id, ts, track_id);

create table if not exists raw_plays on cluster 'prod' as raw_plays_local
engine = Distributed('prod', 'wrapped', 'raw_plays_local', cityHash64(user_id));

create view if not exists broken_swaps on cluster 'prod' as
select layer, family, period
from swaps
group by layer, family, period
having max(begun) > max(done);

create view if not exists landing_files on cluster 'prod' as
select *
from landing_ledger
where (family, object_key, sequence) in (
    select family, object_key, max(sequence)
    from landing_ledger
    group by family, object_key
);

create view if not exists wrapped_editions on cluster 'prod' as
select *
from edition_log
where (year, version) in (select year, max(version) from edition_log group by year)
    and generated_at is not null;

drop table if exists staging_raw_pipe_stats on cluster 'prod' sync;

drop table if exists staging_raw_pipe_stats_local on cluster 'prod' sync;

create table staging_raw_pipe_stats_local on cluster 'prod' as raw_pipe_stats_local
engine = ReplicatedMergeTree('/wrapped/staging/{uuid}/{shard}', '{replica}')
partition by (toYYYYMM(start_datetime), own_partition)
order by (organization_id, start_datetime, request_id);

create table if not exists staging_raw_pipe_stats on cluster 'prod' as raw_pipe_stats_local
engine = Distributed('prod', 'wrapped', 'staging_raw_pipe_stats_local', cityHash64(organization_id));

drop table if exists staging_monthly_pipe_stats_durations on cluster 'prod' sync;

drop table if exists staging_monthly_pipe_stats_durations_local on cluster 'prod' sync;

create table staging_monthly_pipe_stats_durations_local on cluster 'prod' as monthly_pipe_stats_durations_local
engine = ReplicatedAggregatingMergeTree('/wrapped/staging/{uuid}/{shard}', '{replica}')
partition by (toYear(month), own_partition)
order by (organization_id, month);

create table if not exists staging_monthly_pipe_stats_durations on cluster 'prod' as monthly_pipe_stats_durations_local
engine = Distributed('prod', 'wrapped', 'staging_monthly_pipe_stats_durations_local', cityHash64(organization_id));

create or replace table staging_dimensions_organizations as dimensions_organizations
engine = MergeTree
order by organization_id
settings non_replicated_deduplication_window = 1000;

system sync replica on cluster 'prod' staging_raw_pipe_stats_local;

alter table raw_pipe_stats_local on cluster 'prod' replace partition id '202503-0' from staging_raw_pipe_stats_local, drop partition id '202503-20250302';

system sync replica on cluster 'prod' staging_monthly_pipe_stats_durations_local;

alter table monthly_pipe_stats_durations_local on cluster 'prod' replace partition id '2025-0' from staging_monthly_pipe_stats_durations_local;

alter table dimensions_organizations replace partition tuple() from staging_dimensions_organizations;

drop table if exists staging_raw_pipe_stats on cluster 'prod' sync;

drop table if exists staging_raw_pipe_stats_local on cluster 'prod' sync;

drop table if exists staging_monthly_pipe_stats_durations on cluster 'prod' sync;

drop table if exists staging_monthly_pipe_stats_durations_local on cluster 'prod' sync;

drop table if exists staging_dimensions_organizations sync;
