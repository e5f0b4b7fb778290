"""The statements by which batches, crosswalk and links become the table that is queried."""

from analytics.events.aoristic import FIRST_MONDAY
from analytics.sources.taxonomy import UNCLASSIFIED

# Per event_id the latest batch wins. Coordinates are whole or absent.
LATEST = """
CREATE TEMP TABLE latest AS
SELECT r.*, coalesce(occurred_to, occurred_from) AS ends,
    isfinite(longitude) AND isfinite(latitude) AND isfinite(x_m) AND isfinite(y_m) AS located
FROM read_parquet($files) r JOIN ranking USING (batch_id)
QUALIFY row_number() OVER (PARTITION BY event_id ORDER BY rank DESC, row_number DESC) = 1
"""
# What people placed by hand, where the record itself has no place.
BY_HAND = """
UPDATE latest SET longitude = by_hand.longitude, latitude = by_hand.latitude,
    x_m = by_hand.x_m, y_m = by_hand.y_m, located = true, location_precision = 'point'
FROM by_hand WHERE latest.event_id = by_hand.event_id AND latest.located IS NOT TRUE
"""
# What the link run knows of these records; the most precise place represents, then the earliest.
MEMBERS = """
CREATE TEMP TABLE members AS
SELECT event_id, incident_id, row_number() OVER (
    PARTITION BY incident_id
    ORDER BY located IS NOT TRUE,
        list_position(['point', 'block', 'area_centroid'], location_precision) NULLS LAST,
        occurred_from NULLS LAST, event_id
) = 1 AS represents
FROM latest JOIN links USING (event_id)
"""
# from_s and to_s: seconds of civil time since the first Monday. Only instants have hour, weekday.
RECORDS = f"""
CREATE TEMP TABLE records AS
SELECT event_id, coalesce(incident_id, event_id) AS incident_id,
    coalesce(represents, true) AS is_incident,
    source, source_kind, source_category, coalesce(category, '{UNCLASSIFIED}') AS category,
    time_precision, location_precision, detection,
    occurred_from, if(occurred_from IS NULL, NULL, ends) AS occurred_to,
    (epoch_us(occurred_from) - epoch_us(TIMESTAMP '{FIRST_MONDAY}')) / 1e6 AS from_s,
    from_s + (epoch_us(ends) - epoch_us(occurred_from)) / 1e6 AS to_s,
    if(ends = occurred_from, hour(occurred_from), NULL)::UTINYINT AS hour,
    if(ends = occurred_from, isodow(occurred_from), NULL)::UTINYINT AS weekday,
    if(located, longitude, NULL) AS longitude, if(located, latitude, NULL) AS latitude,
    if(located, x_m, NULL) AS x_m, if(located, y_m, NULL) AS y_m
FROM latest LEFT JOIN crosswalk USING (source_category) LEFT JOIN members USING (event_id)
"""  # noqa: S608 - constants of ours
# Shareable without points: one of at least k located incidents of its month, category and source,
# so that selections by whole months never differ by fewer. A span over two months is in neither.
EVENTS = """
CREATE TABLE events AS
SELECT * EXCLUDE (within_month, n_alike, in_area) REPLACE ({enums}),
    within_month AND n_alike >= {k} AS is_shareable
FROM (
    SELECT *, count(*) FILTER (WHERE is_incident AND within_month AND in_area)
        OVER (PARTITION BY date_trunc('month', occurred_from), category, source) AS n_alike
    FROM (
        SELECT *, occurred_from IS NULL OR occurred_to = occurred_from OR
            date_trunc('month', occurred_from)
            = date_trunc('month', occurred_to - INTERVAL 1 MICROSECOND) AS within_month
        FROM placed
    )
)
ORDER BY occurred_from, event_id
"""
