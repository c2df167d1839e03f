"""Barcodes: the check digit is checked, and one number has one notation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clienteling.catalogue.gtin import check_digit, is_gtin, normal_gtin

BODIES = st.from_regex(r"[0-9]{7}|[0-9]{11}|[0-9]{12}|[0-9]{13}", fullmatch=True)


@pytest.mark.parametrize(
    "real", ["8710400011668", "96385074", "036000291452", "10614141000415", "8718452123452"]
)
def test_numbers_with_the_right_check_digit_are_taken(real: str) -> None:
    assert is_gtin(real) == (int(real[-1]) == check_digit(real[:-1]))
    assert is_gtin(real[:-1] + str(check_digit(real[:-1])))


@pytest.mark.parametrize(
    "wrong", ["", "123", "96385075", "036000291453", "９6385074", "9638507x", "1" * 15]
)
def test_others_are_refused(wrong: str) -> None:
    assert not is_gtin(wrong)
    with pytest.raises(ValueError, match=r"barcode"):
        normal_gtin(wrong)


def test_a_upc_is_the_ean_that_a_scanner_makes_of_it() -> None:
    assert normal_gtin("036000291452") == normal_gtin("0036000291452") == "0036000291452"
    assert normal_gtin("00036000291452") == "0036000291452"


def test_an_ean_8_stays_short_and_a_packaging_unit_long() -> None:
    assert normal_gtin("96385074") == normal_gtin("00000096385074") == "96385074"
    assert normal_gtin("10614141000415") == "10614141000415"


def test_spaces_and_hyphens_do_not_matter() -> None:
    assert normal_gtin(" 036000-29145 2") == "0036000291452"


@given(BODIES)
def test_normalising_keeps_the_number_and_is_done_once(body: str) -> None:
    number = body + str(check_digit(body))

    normal = normal_gtin(number)

    assert int(normal) == int(number)
    assert is_gtin(normal)
    assert normal_gtin(normal) == normal
    assert normal_gtin(number.zfill(14)) == normal
