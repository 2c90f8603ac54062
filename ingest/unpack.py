"""Compressed content of an answer as pieces of bounded size."""

import zlib
from collections.abc import Iterable, Iterator

from advisor.errors import FetchError

_PIECE_BYTES = 65536


def unpacked(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Yield the content in pieces of at most 64 KiB, so that a bomb is stopped after one piece too many.

    Args:
        chunks: The content as it arrives.
        encoding: The `Content-Encoding`, in lower case.

    Raises:
        FetchError: `encoding` when it is packed in a way that was not asked for.
        EOFError: When it ends too early.
        zlib.error: When it is damaged.
    """
    if encoding in ("", "identity"):
        yield from chunks
        return
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise FetchError(f"The server packs its answer as {encoding!r}, which was not asked for.", "encoding")
    window, decoder = 0, None
    for chunk in chunks:
        data = chunk
        while data:
            if decoder is None:
                # `deflate` is sent with and without the zlib header.
                window = 31 if encoding != "deflate" else 15 if data[0] & 0x0F == 8 else -15
                decoder = zlib.decompressobj(window)
            piece = decoder.decompress(data, _PIECE_BYTES)
            yield piece
            data = decoder.unconsumed_tail
            if decoder.eof:
                data, decoder = decoder.unused_data, None
    if decoder is not None:
        yield decoder.flush()
        if not decoder.eof:
            raise EOFError("it ends too early")
