"""What customers of a data platform log: API requests, operations on data sources and readings of their sizes; and who owns what."""

from wrapped_assets.families import (
    Column,
    Dimension,
    Family,
    Measure,
    Rollup,
    Source,
    count,
    counter,
    known,
    label,
    optional_name,
    text,
    total,
    unknown,
)

ORGANIZATION = Column(
    "organization_id",
    "text",
    "Internal id of the organization, one in all regions: where two disagree on its owner, nothing is published.",
    blank_is_null=True,
)
WORKSPACE = label("workspace_id", "Internal id of the workspace, unique within its organization and region.")
REGION = label("region", "Name of the region whose database logged the event.")
EXPORTED_AT = Column("exported_at", "instant", "When the region exported the row: its version.")

PIPE_STATS = Family(
    name="pipe_stats",
    product="usage",
    one_row_is="one API request",
    event_time="start_datetime",
    subject="organization_id",
    exported=True,
    key=("organization_id", "request_id", "start_datetime"),
    columns=(
        Column("start_datetime", "instant", "When the request began, UTC, to the millisecond."),
        ORGANIZATION,
        WORKSPACE,
        text("pipe_id", "Internal id of the pipe (endpoint) called, unique like the workspace's."),
        label("pipe_name", "The pipe's name at the time of the request."),
        Column(
            "request_id", "text", "The request's id, unique within its organization and instant.", unique=True
        ),
        Column("status_code", "code", "HTTP status answered.", nullable=True),
        Column("error", "flag", "1 when the request failed, else 0.", nullable=True),
        Column("duration", "seconds", "Time from request to answer.", nullable=True),
        counter("read_bytes", "Bytes scanned to answer the request."),
        counter("read_rows", "Rows scanned to answer the request."),
        counter("result_rows", "Rows in the answer.", nullable=True),
        Column("cpu_time", "seconds", "CPU time the request cost.", nullable=True),
        label("method", "HTTP method.", nullable=True),
        text("user_agent", "The client's user agent.", nullable=True),
        REGION,
        EXPORTED_AT,
    ),
    rollups=(
        Rollup(
            "requests",
            ("organization_id", "workspace_id", "pipe_id", "pipe_name", "region"),
            (
                count("requests", "Requests."),
                known("errors", "Failed requests.", "error"),
                unknown("errors", "error"),
                total("read_bytes", "Bytes scanned."),
                total("read_rows", "Rows scanned."),
                known("result_rows", "Rows answered."),
                unknown("result_rows", "result_rows"),
                known("cpu_time_us", "CPU time in microseconds."),
                Measure("last_at", "max", "instant", "max(start_datetime)", "Newest request."),
            ),
            "Requests by pipe: the basis of totals, top pipes, top workspaces and regions.",
        ),
        Rollup(
            "durations",
            ("organization_id", "duration_bucket"),
            (
                Measure(
                    "requests",
                    "sum",
                    "count",
                    "count(duration_us)",
                    "Requests whose duration falls into the bucket.",
                ),
            ),
            "The histogram of durations; each bucket is at most 1 % wide, so percentiles are exact to 1 %. "
            "A request that does not say its duration is in none.",
        ),
        Rollup(
            "days",
            ("organization_id", "event_date"),
            (
                count("requests", "Requests."),
                known("errors", "Failed requests.", "error"),
                unknown("errors", "error"),
            ),
            "Requests by calendar day, whatever the period of the row: the heat map and the peak day.",
        ),
        Rollup(
            "hours",
            ("organization_id", "hour_of_day"),
            (count("requests", "Requests."),),
            "Requests by hour of the day, 0 to 23 UTC: the peak hour.",
        ),
    ),
)

INGESTION = Family(
    name="ingestion",
    product="usage",
    one_row_is="one data source operation",
    event_time="timestamp",
    subject="organization_id",
    exported=True,
    key=("organization_id", "operation_id", "datasource_id", "event_type", "region", "timestamp"),
    columns=(
        Column("timestamp", "instant", "When the operation ran, UTC."),
        ORGANIZATION,
        WORKSPACE,
        Column("operation_id", "text", "The operation's id.", unique=True),
        text("datasource_id", "Internal id of the data source written or read, unique like the workspace's."),
        label("datasource_name", "The data source's name at the time."),
        label(
            "event_type", "append, append-hfi, append-kafka, replace, copy, populateview, delete, truncate..."
        ),
        label("result", "ok or error."),
        text("error", "What went wrong, if anything.", nullable=True),
        Column("elapsed_time", "seconds", "How long the operation took.", nullable=True),
        counter("written_rows", "Rows written."),
        counter("written_bytes", "Bytes written."),
        counter("written_rows_quarantine", "Rows the data source itself quarantined."),
        counter("written_bytes_quarantine", "Bytes the data source itself quarantined."),
        counter("read_rows", "Rows read.", nullable=True),
        counter("read_bytes", "Bytes read.", nullable=True),
        Column("cpu_time", "seconds", "CPU time the operation cost.", nullable=True),
        REGION,
        EXPORTED_AT,
    ),
    rollups=(
        Rollup(
            "operations",
            ("organization_id", "workspace_id", "datasource_id", "event_type", "region"),
            (
                count("operations", "Operations."),
                Measure(
                    "failures",
                    "sum",
                    "count",
                    "count(*) filter (where result = 'error')",
                    "Operations that failed.",
                ),
                total("written_rows", "Rows written."),
                total("written_bytes", "Bytes written."),
                total("written_rows_quarantine", "Rows quarantined by the data source."),
                total("written_bytes_quarantine", "Bytes quarantined by the data source."),
                known("read_rows", "Rows read."),
                known("read_bytes", "Bytes read."),
                known("elapsed_time_us", "Elapsed time in microseconds."),
                known("cpu_time_us", "CPU time in microseconds."),
            ),
            "Operations by data source and event type.",
        ),
    ),
)

STORAGE = Family(
    name="storage",
    product="usage",
    one_row_is="one size reading of one data source",
    event_time="timestamp",
    subject="organization_id",
    exported=True,
    key=("organization_id", "datasource_id", "region", "timestamp"),
    columns=(
        Column("timestamp", "instant", "When the size was read, UTC."),
        ORGANIZATION,
        WORKSPACE,
        text("datasource_id", "Internal id of the data source, unique like the workspace's."),
        label("datasource_name", "The data source's name at the time."),
        counter("bytes", "Bytes stored."),
        counter("rows", "Rows stored."),
        counter("bytes_quarantine", "Bytes in the data source's own quarantine."),
        counter("rows_quarantine", "Rows in the data source's own quarantine."),
        REGION,
        EXPORTED_AT,
    ),
    rollups=(
        Rollup(
            "sizes",
            ("organization_id", "workspace_id", "datasource_id", "datasource_name", "region"),
            (
                count("readings", "Size readings."),
                Measure("last_at", "max", "instant", "max(timestamp)", "When the newest reading was taken."),
                Measure(
                    "bytes", "last", "total", "arg_max(bytes, timestamp)", "Bytes at the newest reading."
                ),
                Measure("rows", "last", "total", "arg_max(rows, timestamp)", "Rows at the newest reading."),
                Measure(
                    "bytes_quarantine",
                    "last",
                    "total",
                    "arg_max(bytes_quarantine, timestamp)",
                    "Quarantined bytes at the newest reading.",
                ),
                Measure(
                    "rows_quarantine",
                    "last",
                    "total",
                    "arg_max(rows_quarantine, timestamp)",
                    "Quarantined rows at the newest reading.",
                ),
                Measure("max_bytes", "max", "total", "max(bytes)", "Largest reading of the period."),
            ),
            "Sizes by data source: a gauge, so the newest reading and the largest, never a sum over time.",
        ),
    ),
)

ORGANIZATIONS = Dimension(
    name="organizations",
    product="usage",
    one_row_is="one organization",
    key=("organization_id",),
    columns=(
        ORGANIZATION,
        optional_name("name", "The organization's name."),
        optional_name("customer_id", "Id of the owning customer; null or blank when it is its own."),
        optional_name("customer_name", "The owning customer's name."),
        EXPORTED_AT,
    ),
    subject="organization_id",
    exported=True,
    names_owners=True,
)

WORKSPACES = Dimension(
    name="workspaces",
    product="usage",
    one_row_is="one workspace",
    key=("organization_id", "workspace_id"),
    columns=(
        WORKSPACE,
        ORGANIZATION,
        optional_name("name", "The workspace's name."),
        EXPORTED_AT,
    ),
    subject="organization_id",
    exported=True,
)

FAMILIES = {family.name: family for family in (PIPE_STATS, INGESTION, STORAGE)}
DIMENSIONS = {dimension.name: dimension for dimension in (ORGANIZATIONS, WORKSPACES)}

SOURCES: dict[str, Source] = {**FAMILIES, **DIMENSIONS}
