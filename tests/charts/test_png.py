from __future__ import annotations

import struct
import zlib

import vl_convert

from workbench.charts import png

SPEC = {"data": {"values": [{"a": 1}]}, "mark": "bar", "encoding": {"x": {"field": "a", "type": "quantitative"}}}


def pixels(picture: bytes) -> bytes:
    """The picture's unpacked pixels, read without the code under test."""
    at, packed = 8, b""
    while at < len(picture):
        (length,) = struct.unpack(">I", picture[at : at + 4])
        body = picture[at + 4 : at + 8 + length]
        assert struct.unpack(">I", picture[at + 8 + length : at + 12 + length])[0] == zlib.crc32(body)
        packed += body[4:] if body.startswith(b"IDAT") else b""
        at += 12 + length
    return zlib.decompress(packed)


def test_packing_keeps_every_pixel_and_takes_less_room() -> None:
    picture = vl_convert.vegalite_to_png(SPEC, scale=2)
    packed = png.repack(picture)
    assert len(packed) < len(picture)
    assert pixels(packed) == pixels(picture)
    assert png.size(packed) == png.size(picture)
    assert png.repack(packed) == packed
