"""Barcodes: Global Trade Item Numbers (GS1 General Specifications, 7.9 for the check digit)."""

_LENGTHS = (8, 12, 13, 14)
_EAN_8, _EAN_13 = 8, 13


def is_gtin(text: str) -> bool:
    """Whether this is a GTIN-8, -12, -13 or -14 whose check digit is right."""
    if not (text.isascii() and text.isdecimal()) or len(text) not in _LENGTHS:
        return False
    return int(text[-1]) == check_digit(text[:-1])


def check_digit(digits: str) -> int:
    """Return the digit that belongs behind these: weights 3 and 1 in turn, from the right."""
    total = sum(
        int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits))
    )
    return -total % 10


def normal_gtin(text: str) -> str:
    """Return the one way in which this number is stored, whichever way it was written.

    An EAN-8 stays as it is; a UPC-A is written as the EAN-13 that scanners make of it; only a
    packaging unit (a GTIN-14 that begins with 1 to 9) keeps fourteen digits.

    Raises:
        ValueError: it is no GTIN; the message says what is wrong.
    """
    bare = "".join(text.split()).replace("-", "")
    if not (bare.isascii() and bare.isdecimal()) or len(bare) not in _LENGTHS:
        raise ValueError("A barcode has 8, 12, 13 or 14 digits.")
    if not is_gtin(bare):
        raise ValueError("The barcode's last digit does not fit the others. Type it again.")
    # GS1 issues no longer number with so few significant digits: they are an EAN-8's.
    significant = bare.lstrip("0")
    return next((bare[-n:].zfill(n) for n in (_EAN_8, _EAN_13) if len(significant) <= n), bare)
