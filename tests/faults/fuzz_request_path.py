"""Coverage-guided fuzzing of what runs on a request's bytes: `python -m tests.faults.fuzz_request_path -runs=N`.

Any exception but the three that say 'bad input' ends the run; so does a body over the limit, or one that was changed without need.
"""

import sys

import atheris

with atheris.instrument_imports(include=["sightline.receive"]):
    from sightline.receive.check import MalformedError, check
    from sightline.receive.compression import BodyTooLargeError, CompressionError, decompress
    from sightline.receive.envelope import Envelope, digest, records
    from sightline.receive.http import key_id
    from sightline.receive.otlp_json import to_protobuf
    from sightline.receive.outcome import SIGNALS

ENCODINGS = ("identity", "gzip", "deflate", "zstd", "br")
LIMIT = 1 << 16


def one(data: bytes) -> None:
    """One input: two bytes choose the way, the rest is the body."""
    source = atheris.FuzzedDataProvider(data)
    signal = SIGNALS[source.ConsumeIntInRange(0, 2)]
    encoding = ENCODINGS[source.ConsumeIntInRange(0, 4)]
    json = source.ConsumeBool()
    key_id(source.ConsumeBytes(20).decode("latin-1"))
    body = source.ConsumeBytes(source.remaining_bytes())
    try:
        body = decompress(body, encoding, limit_bytes=LIMIT)
        if len(body) > LIMIT:
            raise AssertionError("inflated past the limit")
        parts = check(signal, to_protobuf(signal, body) if json else body)
    except (MalformedError, CompressionError, BodyTooLargeError):
        return
    for part in parts:
        written = Envelope(signal, "p", "", 1, digest(part.body), part.body, digest(part.body), part.items, part.refused).encode()
        (record,) = records(written, verify=True)
        if (record.end, record.items) != (len(written), part.items):
            raise AssertionError("an envelope was not read back as written")


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
