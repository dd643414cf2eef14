-- Prompts cut at positions that do not depend on their length: every byte up to 128, then every 128th part of the position, and at their
-- end; each cut has the fingerprint of all that lies before it. The text is read byte by byte up to 1,024, then eight bytes at a time.
-- `tokens`: the prompt's tokens in the proportion of words: a space or a mark of punctuation counts 16, any byte 1, one beyond ASCII 6 more.
(SELECT call, start_ns, cityHash64(pool, print) AS print, at, weight * tokens_per_weight AS tokens
FROM (
  WITH
    (SELECT arrayMap(e -> if(e <= 128, true, floor(128 * log(if(e <= 1024, e, 8 * e - 7168))) != floor(128 * log(if(e <= 1024, e - 1, 8 * e - 7176)))),
      range(1, 1025 + intDiv({most_bytes:UInt64}, 8)))) AS is_cut,
    arrayConcat(arrayMap(b -> toUInt64(b) + 0x7a7a7a7a7a7a7a00, reinterpret(substring(text, 1, 1024), 'Array(UInt8)')),
      reinterpret(rightPad(substring(text, 1025), 8 * intDiv(greatest(length(text), 1024) - 1017, 8), 'z'), 'Array(UInt64)')) AS pieces,
    arrayConcat(arraySlice(is_cut, 1, length(pieces) - 1), [true]) AS here,
    arrayCumSum(arrayMap((piece, i) -> cityHash64(piece, i), pieces, arrayEnumerate(pieces))) AS prints_everywhere,
    arrayCumSum(arrayMap((piece, i) -> toUInt32(
      16 * (8 - bitCount(bitAnd(bitOr(bitAnd(piece, 0x7f7f7f7f7f7f7f7f) + 0x5050505050505050, piece), 0x8080808080808080)))
      + 6 * bitCount(bitAnd(piece, 0x8080808080808080)) + if(i <= 1024, 1, 8)), pieces, arrayEnumerate(pieces))) AS weights_everywhere
  SELECT
    cityHash64(trace_id, span_id) AS call, toUnixTimestamp64Nano(start) AS start_ns, cityHash64(ifNull(provider, ''), ifNull(model, '')) AS pool,
    assumeNotNull(input_tokens) * length(text) / (text_bytes * weights_everywhere[-1]) AS tokens_per_weight,
    arrayFilter((print, cut) -> cut, prints_everywhere, here) AS prints,
    arrayFilter((weight, cut) -> cut, weights_everywhere, here) AS weights,
    arrayMap(e -> if(e <= 1024, e, 8 * e - 7168), arrayFilter((e, cut) -> cut, arrayEnumerate(pieces), here)) AS ats
  FROM $prompts
)
ARRAY JOIN prints AS print, weights AS weight, ats AS at
WHERE 2 * tokens >= {min_tokens:UInt64})
