"""Request bodies, decompressed up to a limit: a bomb never inflates past it."""

import zlib
from collections.abc import Callable, Mapping

import zstandard


class BodyTooLargeError(Exception):
    """Decompressed, the body is over the limit."""


class CompressionError(Exception):
    """The body is not what its Content-Encoding says, or the encoding is not known."""


def decompress(body: bytes, encoding: str, *, limit_bytes: int) -> bytes:
    """`body` as it was before `encoding` (identity, gzip, deflate or zstd).

    Raises BodyTooLargeError past `limit_bytes`, CompressionError for broken data or another encoding.
    """
    reader = _READERS.get(encoding.strip().lower())
    if reader is None:
        raise CompressionError(f"Content-Encoding {encoding!r} is not known: send gzip, deflate, zstd or identity.")
    try:
        return reader(body, limit_bytes)
    except (zlib.error, zstandard.ZstdError, EOFError) as error:
        raise CompressionError(f"The body is not valid {encoding}: {error}") from error


def _identity(body: bytes, limit_bytes: int) -> bytes:
    if len(body) > limit_bytes:
        raise BodyTooLargeError
    return body


def _inflate(body: bytes, limit_bytes: int, *, window_bits: int) -> bytes:
    out = bytearray()
    while body:  # gzip may hold several members
        member = zlib.decompressobj(window_bits)
        out += member.decompress(body, limit_bytes + 1 - len(out))
        if len(out) > limit_bytes or member.unconsumed_tail:
            raise BodyTooLargeError
        if not member.eof:
            raise EOFError("it ends in the middle")
        if member.unused_data == body:
            raise EOFError("there is data behind its end")
        body = member.unused_data
    return bytes(out)


def _gzip(body: bytes, limit_bytes: int) -> bytes:
    return _inflate(body, limit_bytes, window_bits=zlib.MAX_WBITS | 16)


def _deflate(body: bytes, limit_bytes: int) -> bytes:
    """HTTP's deflate is zlib's format; some clients send the raw stream."""
    try:
        return _inflate(body, limit_bytes, window_bits=zlib.MAX_WBITS)
    except zlib.error:
        return _inflate(body, limit_bytes, window_bits=-zlib.MAX_WBITS)


def _zstd(body: bytes, limit_bytes: int) -> bytes:
    frame = zstandard.get_frame_parameters(body)
    # the window is memory that the sender asks of us: more than the limit is not needed for a body within it
    window = max(_LEAST_WINDOW, 1 << (limit_bytes - 1).bit_length())
    if frame.window_size > window:
        raise BodyTooLargeError
    with zstandard.ZstdDecompressor(max_window_size=window).stream_reader(body, read_across_frames=True) as reader:
        out = reader.read(limit_bytes + 1)
    if len(out) > limit_bytes:
        raise BodyTooLargeError
    return out


_LEAST_WINDOW = 8 << 20  # what encoders use at their usual levels, however small the body
_READERS: Mapping[str, Callable[[bytes, int], bytes]] = {
    "": _identity,
    "identity": _identity,
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "zstd": _zstd,
}
