"""QR codes out of pictures that were taken of a phone's screen."""

from __future__ import annotations

import io

import zxingcpp
from PIL import Image, UnidentifiedImageError

from geo.errors import InputError

MOST_PIXELS = 50_000_000


def codes(picture: bytes) -> list[str]:
    """The texts of all QR codes in a picture; InputError `picture_unreadable`,
    `picture_without_code`."""
    try:
        image = Image.open(io.BytesIO(picture))
        if image.width * image.height > MOST_PIXELS:
            raise InputError("picture_unreadable")
        found = zxingcpp.read_barcodes(image.convert("L"))
        found = [each for each in found if each.format == zxingcpp.BarcodeFormat.QRCode]
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise InputError("picture_unreadable") from error
    if not found:
        raise InputError("picture_without_code")
    return [code.text for code in found]
