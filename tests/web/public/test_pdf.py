"""The PDF of a receipt: tagged, in memory, nothing fetched; and what is said where it fails."""

import builtins
import io
import os
import re
import sys
from pathlib import Path
from typing import Any

import pypdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from clienteling.home import Home
from consent.models import ReceiptRow
from consent.office import erase
from consent.proof.receipts import fingerprint
from tests.support.people import join
from tests.support.web import post_form, sign_in
from web.public.pdf import PdfError, pdf_of
from web.public.sheet import sheet


@pytest.fixture(autouse=True)
def pango() -> None:
    """WeasyPrint needs Pango; CI installs it, elsewhere the reason is said."""
    try:
        import weasyprint  # noqa: F401, PLC0415
    except OSError:
        if os.environ.get("CI"):
            raise
        pytest.skip("needs Pango: apt-get install libpango-1.0-0 libpangoft2-1.0-0")


def _receipt(home: Home) -> dict[str, Any]:
    join(home)
    with home.databases.identity.read() as session:
        return dict(session.scalars(select(ReceiptRow.body)).all()[0])


def _words(pdf: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


@pytest.mark.parametrize(
    ("language", "title"), [("en", "Receipt: Your choices"), ("nl", "Bewijs: Uw keuzes")]
)
def test_a_pdf_says_what_was_decided_in_the_readers_language(
    app: Flask, shop: Home, language: str, title: str
) -> None:
    with app.app_context():
        made = pdf_of(sheet(_receipt(shop), language, "https://hub.example", "ABCD-EFGH"))
    words = _words(made)
    assert title in words
    assert "ABCD-EFGH" in words
    assert "DEMO" in words


def test_a_pdf_is_tagged_for_screen_readers(app: Flask, shop: Home) -> None:
    with app.app_context():
        reader = pypdf.PdfReader(io.BytesIO(pdf_of(sheet(_receipt(shop), "nl", "https://h.ex"))))
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"].value is True
    assert root["/Lang"] == "nl"
    assert "pdfuaid" in root["/Metadata"].get_data().decode()
    assert reader.metadata is not None
    assert reader.metadata.title


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/x.css",
        "file:///etc/passwd",
        "data:text/css,p{}",
        "/static/../app.css",
        "/static/public/%2e%2e/app.py",
        "/static/kiosk/kiosk.js",
        "/verify",
    ],
)
def test_nothing_is_fetched_but_our_own_styles(address: str) -> None:
    with pytest.raises(PdfError, match="is not a file of ours"):
        pdf_of(f'<html lang="en"><title>t</title><link rel="stylesheet" href="{address}"><p>x')


def test_nothing_is_written_to_disk(
    app: Flask, shop: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    real = builtins.open

    def watched(file: Any, mode: str = "r", *rest: Any, **more: Any) -> Any:
        if any(letter in mode for letter in "wax+"):
            written.append(str(file))
        return real(file, mode, *rest, **more)

    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr("tempfile.tempdir", None)
    page = ""
    with app.app_context():
        page = sheet(_receipt(shop), "en", "https://hub.example")
    monkeypatch.setattr(builtins, "open", watched)
    pdf_of(page)
    assert not written
    assert not list(temporary.iterdir())


def _without_pango(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)


def test_without_pango_a_sentence_is_said_and_the_page_still_prints(
    client: FlaskClient, shop: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = _receipt(shop)
    sign_in(client, "officer")
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    _without_pango(monkeypatch)
    with pytest.raises(PdfError, match="Print the page instead"):
        pdf_of("<p>x")
    refused = client.get(f"/privacy/receipts/{receipt['receipt_id']}.pdf")
    assert refused.status_code == 501
    assert "Print the page instead" in refused.text
    printed = client.get(f"/privacy/receipts/{receipt['receipt_id']}/sheet")
    assert printed.status_code == 200
    assert "Receipt: Your choices" in printed.text


@pytest.mark.parametrize("form", ["pdf", "json", "jsonld"])
def test_the_officer_hands_out_the_receipts_of_an_erasure(
    client: FlaskClient, shop: Home, form: str
) -> None:
    customer = join(shop)
    done = erase(shop.office, customer.subject_id, actor="command", method="command")
    sign_in(client, "officer")
    page = client.get(f"/privacy/flows/{done.flow_id}")
    links = [
        link
        for link in re.findall(r'href="([^"]+)"', page.text)
        if link.startswith("/privacy/receipts/") and link.endswith(f".{form}")
    ]
    assert len(links) == 2
    for link in links:
        assert client.get(link).status_code == 200


def test_who_scanned_the_code_takes_the_pdf_along(client: FlaskClient, shop: Home) -> None:
    receipt = _receipt(shop)
    reference = f"{receipt['receipt_id']}.{fingerprint(receipt)}"
    answer = post_form(client, "/verify/held/pdf", reference=reference)
    assert answer.mimetype == "application/pdf"
    assert receipt["receipt_id"] in _words(answer.data)
