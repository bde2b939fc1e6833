"""Makes a picture of a page small: 256 colours are enough for it."""

import base64
import struct
import zlib
from collections import Counter

from playwright.sync_api import Page

MOST_COLOURS = 256
# The browser is the one that can read its own pictures.
READ = """async (encoded) => {
    const image = await createImageBitmap(await (await fetch('data:image/png;base64,' + encoded)).blob());
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    const bytes = context.getImageData(0, 0, image.width, image.height).data;
    let text = '';
    for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
    return [image.width, image.height, btoa(text)];
}"""


def make_small(blank: Page, picture: bytes) -> bytes:
    """The picture with its most frequent colours only; each other becomes the nearest of them.

    blank: an empty page to work in.
    """
    width, height, encoded = blank.evaluate(READ, base64.b64encode(picture).decode())
    raw = base64.b64decode(encoded)
    pixels = list(zip(raw[0::4], raw[1::4], raw[2::4], strict=True))
    colours = Counter(pixels)
    palette = [colour for colour, _ in colours.most_common(MOST_COLOURS)]
    place = {colour: number for number, colour in enumerate(palette)}
    for colour in colours.keys() - place.keys():
        place[colour] = min(range(len(palette)), key=lambda number: _distance(colour, palette[number]))
    indexes = bytes(place[pixel] for pixel in pixels)
    rows = b"".join(b"\0" + indexes[at : at + width] for at in range(0, width * height, width))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", bytes(value for colour in palette for value in colour)),
            _chunk(b"IDAT", zlib.compress(rows, 9)),
            _chunk(b"IEND", b""),
        )
    )


def _distance(one: tuple[int, int, int], other: tuple[int, int, int]) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
