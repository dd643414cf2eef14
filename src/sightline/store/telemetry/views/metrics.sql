-- Metric points: the five kinds become one row shape first, so that attributes are read in one place.
CREATE MATERIALIZED VIEW metrics_write TO metrics AS
SELECT project, p.name AS name, p.type AS type, p.unit AS unit, p.description AS description,
  transform(p.temporality, [1, 2], ['delta', 'cumulative'], '') AS temporality, p.monotonic AS monotonic,
  fromUnixTimestamp64Nano(toInt64(if(time_ns + 34560000000000000 < received_ns OR time_ns > received_ns + 86400000000000, received_ns, time_ns)), 'UTC') AS time,
  p.time_ns AS time_ns, p.start_ns AS start_ns, fromUnixTimestamp64Nano(toInt64(received_ns), 'UTC') AS received,
  p.value AS value, p.value_int AS value_int, p.count AS count, p.sum AS sum, p.min AS min, p.max AS max, p.bounds AS bounds,
  p.bucket_counts AS bucket_counts, p.scale AS scale, p.zero_count AS zero_count, p.positive_offset AS positive_offset,
  p.negative_offset AS negative_offset, p.negative_counts AS negative_counts, p.quantiles AS quantiles,
  {{maps:kv}}, resource_string, resource_other, scope_name, {{retention}} AS retention
FROM (
  SELECT project, received_ns, resource_string, resource_other, scope_name, arrayConcat(
    arrayMap(d -> {{metric_point:gauge}}, m.gauge.data_points),
    arrayMap(d -> {{metric_point:sum}}, m.sum.data_points),
    arrayMap(d -> {{metric_point:histogram}}, m.histogram.data_points),
    arrayMap(d -> {{metric_point:exponential_histogram}}, m.exponential_histogram.data_points),
    arrayMap(d -> {{metric_point:summary}}, m.summary.data_points)) AS points,
    arrayConcat(m.gauge.data_points.attributes, m.sum.data_points.attributes, m.histogram.data_points.attributes,
      m.exponential_histogram.data_points.attributes, m.summary.data_points.attributes) AS point_attributes
  FROM (
    SELECT project, received_ns, resource_string, resource_other, sm.scope.name AS scope_name, sm.metrics AS metrics
    FROM (
      SELECT project, received_ns, {{string_map:rm.resource.attributes}} AS resource_string, {{rest_map:rm.resource.attributes}} AS resource_other,
        rm.scope_metrics AS scope_metrics
      FROM (SELECT e.project AS project, e.received_ns AS received_ns, e.resource_metrics AS resource_metrics FROM otlp_metrics_in ARRAY JOIN envelopes AS e)
      ARRAY JOIN resource_metrics AS rm
    )
    ARRAY JOIN scope_metrics AS sm
  )
  ARRAY JOIN metrics AS m
)
ARRAY JOIN points AS p, point_attributes AS kv;
