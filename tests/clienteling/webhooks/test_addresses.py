"""A webhook goes only where the configuration says."""

import pytest

from clienteling.egress import Place
from clienteling.webhooks.addresses import AddressError, Wrong, check_url

PLACES = (Place("erp.example", 443, "webhooks.to"), Place("localhost", 9000, "webhooks.to"))


@pytest.mark.parametrize(
    "url",
    [
        "https://erp.example",
        "https://erp.example/hooks?shop=1",
        "https://ERP.example:443/hooks",
        "http://localhost:9000/hooks",
        " https://erp.example/hooks ",
    ],
)
def test_what_the_configuration_names_is_taken(url: str) -> None:
    assert check_url(url, PLACES) == url.strip()


@pytest.mark.parametrize(
    ("url", "wrong"),
    [
        ("", Wrong.NO_ADDRESS),
        ("erp.example/hooks", Wrong.NO_ADDRESS),
        ("ftp://erp.example/hooks", Wrong.NO_ADDRESS),
        ("https://robin:secret@erp.example/", Wrong.NO_ADDRESS),
        ("https://erp.example/#here", Wrong.NO_ADDRESS),
        ("https://erp.example:port/", Wrong.NO_ADDRESS),
        ("https://[erp/", Wrong.NO_ADDRESS),
        ("https://erp.example/ü", Wrong.NO_ADDRESS),
        ("https://erp.example/a b", Wrong.NO_ADDRESS),
        ("https://erp.example/" + "a" * 500, Wrong.NO_ADDRESS),
        ("http://erp.example/", Wrong.NOT_ENCRYPTED),
        ("https://erp.example:8443/", Wrong.NOT_NAMED),
        ("https://crm.example/", Wrong.NOT_NAMED),
        ("https://erp.example.evil.example/", Wrong.NOT_NAMED),
        ("http://localhost:8080/", Wrong.NOT_NAMED),
        ("https://169.254.169.254/latest/meta-data", Wrong.NOT_NAMED),
    ],
)
def test_anything_else_is_refused_and_says_why(url: str, wrong: Wrong) -> None:
    with pytest.raises(AddressError) as refused:
        check_url(url, PLACES)
    assert refused.value.wrong is wrong


def test_it_says_which_line_the_configuration_needs() -> None:
    with pytest.raises(AddressError, match=r"under \[webhooks\] in config.toml") as refused:
        check_url("https://CRM.example:8443/hooks?key=1", PLACES)
    assert refused.value.line == 'to = ["https://crm.example:8443"]'
