-- Prompts cut at positions that do not depend on their length: every byte up to 128, then every 128th part of the position, and at their
-- end; each cut has the fingerprint of all that lies before it. The text is read byte by byte up to `fine_bytes`, then eight at a time.
-- `tokens`: their part of the prompt's, where a space or a mark of punctuation weighs 16, any byte 1, one beyond ASCII 6 more. Where the
-- text is read finely only whole words count: half a word is no token in common, nor is the scaffold of a JSON message whose text
-- differs. A word ends at white space that follows neither a comma nor a colon, at a closing brace, at any letter beyond ASCII, and at
-- every 1,024th byte.
(SELECT call, start_ns, cityHash64(pool, print) AS print, at, weight * tokens_per_weight AS tokens
FROM (
  -- every step is a table of its own: what an expression is made of is analysed once and not wherever it is used
  SELECT call, start_ns, pool, text_tokens / weights_everywhere[-1] AS tokens_per_weight,
    arrayFilter((print, cut) -> cut, prints_everywhere, here) AS prints,
    arrayFilter((weight, cut) -> cut, if({fine_bytes:UInt64} = 0, weights_everywhere, words_everywhere), here) AS weights,
    arrayMap(e -> if(e <= {fine_bytes:UInt64}, toInt64(e), 8 * toInt64(e) - 7 * {fine_bytes:Int64}), arrayFilter((e, cut) -> cut, places, here)) AS ats,
    ats[-1] AS end
  FROM (
    SELECT call, start_ns, pool, text_tokens, places, here, prints_everywhere, weights_everywhere,
      arrayFill((weight, ends) -> ends, arrayMap((weight, ends, i) -> if(i = 1 AND NOT ends, 0, weight), weights_everywhere, word_or_text_ends, places),
        word_or_text_ends) AS words_everywhere
    FROM (
      SELECT call, start_ns, pool, text_tokens, places, here, prints_everywhere, weights_everywhere,
        -- eight comparisons at once: the high bit of a byte says that it is what is looked for
        arrayMap((piece, before, i) ->
          bitAnd(piece, 0x8080808080808080) != 0
          OR if(i <= {fine_bytes:UInt64}, toInt64(i), 8 * toInt64(i) - 7 * {fine_bytes:Int64}) % 1024 = 0
          OR bitAnd(bitNot(bitOr(bitAnd(bitXor(piece, 0x7d7d7d7d7d7d7d7d), 0x7f7f7f7f7f7f7f7f) + 0x7f7f7f7f7f7f7f7f, bitXor(piece, 0x7d7d7d7d7d7d7d7d))), 0x8080808080808080) != 0
          OR bitAnd(bitAnd(
            bitAnd(bitNot(bitOr(bitAnd(piece, 0x7f7f7f7f7f7f7f7f) + 0x5f5f5f5f5f5f5f5f, piece)), 0x8080808080808080),
            bitOr(bitAnd(bitXor(bitOr(bitShiftLeft(piece, 8), before), 0x2c2c2c2c2c2c2c2c), 0x7f7f7f7f7f7f7f7f) + 0x7f7f7f7f7f7f7f7f,
              bitXor(bitOr(bitShiftLeft(piece, 8), before), 0x2c2c2c2c2c2c2c2c))),
            bitOr(bitAnd(bitXor(bitOr(bitShiftLeft(piece, 8), before), 0x3a3a3a3a3a3a3a3a), 0x7f7f7f7f7f7f7f7f) + 0x7f7f7f7f7f7f7f7f,
              bitXor(bitOr(bitShiftLeft(piece, 8), before), 0x3a3a3a3a3a3a3a3a))) != 0,
          pieces, bytes_before, places) AS word_ends,
        arrayPushBack(arrayPopBack(word_ends), true) AS word_or_text_ends
      FROM (
        WITH
          (SELECT arrayMap(e -> (if(e <= {fine_bytes:UInt64}, toInt64(e), 8 * toInt64(e) - 7 * {fine_bytes:Int64}) AS p) <= 128
              OR floor(128 * log(p)) != floor(128 * log(if(e <= {fine_bytes:UInt64}, p - 1, p - 8))),
            range(1, 1025 + intDiv({most_bytes:UInt64}, 8)))) AS is_cut
        SELECT call, start_ns, pool, text_tokens, pieces, places,
          arrayConcat(arraySlice(is_cut, 1, length(pieces) - 1), [true]) AS here,
          arrayCumSum(arrayMap((piece, i) -> cityHash64(piece, i), pieces, places)) AS prints_everywhere,
          arrayCumSum(arrayMap((piece, i) -> toUInt32(
            16 * (8 - bitCount(bitAnd(bitOr(bitAnd(piece, 0x7f7f7f7f7f7f7f7f) + 0x5050505050505050, piece), 0x8080808080808080)))
            + 6 * bitCount(bitAnd(piece, 0x8080808080808080)) + if(i <= {fine_bytes:UInt64}, 1, 8)), pieces, places)) AS weights_everywhere,
          arrayMap((piece, i) -> if(i <= {fine_bytes:UInt64} + 1, bitAnd(piece, 0xff), bitShiftRight(piece, 56)), arrayPushFront(arrayPopBack(pieces), 0), places)
            AS bytes_before
        FROM (
          SELECT
            cityHash64(trace_id, span_id) AS call, toUnixTimestamp64Nano(start) AS start_ns, cityHash64(ifNull(provider, ''), ifNull(model, '')) AS pool,
            assumeNotNull(input_tokens) * length(text) / text_bytes AS text_tokens,
            arrayConcat(arrayMap(b -> toUInt64(b) + 0x7a7a7a7a7a7a7a00, reinterpret(substring(text, 1, {fine_bytes:UInt64}), 'Array(UInt8)')),
              reinterpret(rightPad(substring(text, {fine_bytes:UInt64} + 1), 8 * intDiv(greatest(length(text), {fine_bytes:UInt64}) - {fine_bytes:UInt64} + 7, 8), 'z'), 'Array(UInt64)')) AS pieces,
            arrayEnumerate(pieces) AS places
          FROM $prompts
        )
      )
    )
  )
)
ARRAY JOIN prints AS print, weights AS weight, ats AS at
WHERE 2 * tokens >= {min_tokens:UInt64} OR at = end OR (at >= {cluster_bytes:UInt64} AND at < 1.02 * {cluster_bytes:UInt64}))
