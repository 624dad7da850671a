-- The benchmark's landing files of a batch of requests, under $folder by day, region and object.
-- One row per request and export: a window of three slots slides over the day, so each request leaves in three objects.
-- Reads batch.
copy (
    with windowed as (
        select
            *,
            day_ms,
            unnest(range(slot, slot + 3)) as window_no
        from (
            select
                *,
                epoch_ms(event_day::timestamp) as day_ms,
                (epoch_ms(start_datetime) - epoch_ms(event_day::timestamp)) * $slots // 86400000 as slot
            from batch
        )
    )

    select
        start_datetime,
        organization_id,
        workspace_id,
        pipe_id,
        pipe_name,
        request_id,
        status_code,
        error,
        duration,
        read_bytes,
        read_rows,
        result_rows,
        cpu_time,
        method,
        user_agent,
        region,
        epoch_ms(day_ms + (window_no + 1) * 86400000 // $slots + 60000)::timestamp_ms as exported_at,
        event_day as folder_day,
        region as folder_region,
        printf('window-%04d', window_no) as object
    from windowed
) to $folder (format parquet, partition_by (folder_day, folder_region, object))
