"""The canonical event: column names, types and vocabularies that every part relies on."""

import pyarrow as pa

SOURCE_KINDS = ("patrol", "camera", "call", "citizen", "sensor", "institutional", "other")
TIME_PRECISIONS = ("minute", "hour", "day", "month", "year", "unknown")
LOCATION_PRECISIONS = ("point", "block", "area_centroid", "unknown")
DETECTIONS = ("reported", "detected", "unknown")

# One row per record as a source told it; design §4. Timestamps are naive local civil time.
EVENT_SCHEMA = pa.schema(
    [
        pa.field("event_id", pa.string(), nullable=False),
        pa.field("city", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("source_record_id", pa.string(), nullable=False),
        pa.field("batch_id", pa.string(), nullable=False),
        pa.field("row_number", pa.int64(), nullable=False),
        pa.field("source_kind", pa.string(), nullable=False),
        pa.field("source_category", pa.string()),
        pa.field("occurred_from", pa.timestamp("us")),
        pa.field("occurred_to", pa.timestamp("us")),
        pa.field("time_precision", pa.string(), nullable=False),
        pa.field("longitude", pa.float64()),
        pa.field("latitude", pa.float64()),
        pa.field("x_m", pa.float64()),
        pa.field("y_m", pa.float64()),
        pa.field("location_precision", pa.string(), nullable=False),
        pa.field("detection", pa.string(), nullable=False),
    ]
)

# Rows kept out of the analysis, with everything needed to correct and resubmit them.
QUARANTINE_SCHEMA = pa.schema(
    [
        pa.field("file", pa.string(), nullable=False),
        pa.field("row_number", pa.int64(), nullable=False),
        pa.field("column", pa.string()),
        pa.field("value", pa.string()),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("remedy", pa.string(), nullable=False),
        pa.field("raw", pa.string(), nullable=False),
    ]
)

# Reason -> remedy key. Both are message keys: "reason.<key>" and "remedy.<key>".
QUARANTINE_REASONS = {
    "wrong_field_count": "fix_row",
    "undecodable_text": "fix_encoding",
    "unreadable_date": "fix_date",
    "unreadable_time": "fix_date",
    "implausible_date": "fix_date",
    "end_before_start": "fix_date",
    "unreadable_coordinate": "fix_coordinate",
    "half_coordinate": "fix_coordinate",
    "zero_coordinate": "fix_coordinate",
    "swapped_coordinates": "swap_coordinates",
    "outside_city": "fix_coordinate",
    "duplicate_record": "drop_duplicate",
}
