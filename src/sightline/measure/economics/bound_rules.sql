-- One model's rules, given from outside.
(SELECT arrayMap((a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s) -> CAST((0, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s),
  'Tuple(rank UInt16, tier String, valid_from DateTime(''UTC''), valid_to DateTime(''UTC''), day_from UInt32, day_to UInt32, above Int64,
    input Nullable(Float64), cache_read Nullable(Float64), cache_write Nullable(Float64), cache_write_1h Nullable(Float64),
    output Nullable(Float64), request Nullable(Float64), context Nullable(UInt64),
      input_audio Nullable(Float64), input_image Nullable(Float64), output_audio Nullable(Float64), output_image Nullable(Float64),
      reasoning Nullable(Float64), web_search Nullable(Float64))'),
  {tiers:Array(String)}, {valid_from:Array(UInt32)}, {valid_to:Array(UInt32)}, {day_from:Array(UInt32)}, {day_to:Array(UInt32)},
  {above:Array(Int64)}, {input:Array(Nullable(Float64))}, {cache_read:Array(Nullable(Float64))}, {cache_write:Array(Nullable(Float64))},
  {cache_write_1h:Array(Nullable(Float64))}, {output:Array(Nullable(Float64))}, {request:Array(Nullable(Float64))},
  {context:Array(Nullable(UInt64))}, {input_audio:Array(Nullable(Float64))}, {input_image:Array(Nullable(Float64))},
  {output_audio:Array(Nullable(Float64))}, {output_image:Array(Nullable(Float64))}, {reasoning:Array(Nullable(Float64))},
  {web_search:Array(Nullable(Float64))}))
