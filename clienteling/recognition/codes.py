"""Codes in a picture: read in memory, and the grey copy overwritten."""

from typing import Final

import cv2
import numpy as np
import zxingcpp

from clienteling.recognition.frames import Image, wipe

#: More codes in one picture than anybody holds up; the rest is not read.
_MOST_CODES: Final = 4
_QR: Final = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
_ANY: Final = zxingcpp.BarcodeFormats(
    [
        zxingcpp.BarcodeFormat.QRCode,
        zxingcpp.BarcodeFormat.Code128,
        zxingcpp.BarcodeFormat.EAN13,
        zxingcpp.BarcodeFormat.EAN8,
    ]
)


def read_codes(image: Image, *, barcodes: bool = False) -> tuple[str, ...]:
    """Return the texts of the QR codes in a picture; with `barcodes`, also those of cards."""
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
    try:
        found = zxingcpp.read_barcodes(grey, formats=_ANY if barcodes else _QR)
        return tuple(code.text for code in found[:_MOST_CODES])
    finally:
        wipe(grey)
