"""A receipt as a file to take along: as it was signed, as JSON-LD, as PDF."""

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from flask import Response, request

from consent.proof.receipt_ld import as_jsonld
from web.context import current_hub
from web.languages import language
from web.public.pdf import pdf_of
from web.public.sheet import sheet


class Form(StrEnum):
    """Which file."""

    JSON = "json"
    JSONLD = "jsonld"
    PDF = "pdf"


_MIMETYPES = {
    Form.JSON: "application/json",
    Form.JSONLD: "application/ld+json",
    Form.PDF: "application/pdf",
}


def address() -> str:
    """Return where customers reach this hub, without a slash at the end."""
    return current_hub().office.processing.address or request.host_url.rstrip("/")


def own_page() -> str | None:
    """Return where customers open their own page on a phone; None: no address was set for them."""
    outside = current_hub().office.processing.address
    return f"{outside}/me" if outside else None


def content_of(
    receipt: Mapping[str, Any],
    form: Form,
    language_: str,
    at: str,
    code: str | None = None,
    own: str | None = None,
) -> bytes:
    """Return a receipt in a form.

    Args:
        receipt: As it was signed.
        form: Which.
        language_: Of the PDF: "nl" or "en".
        at: The hub's address, for the codes on the PDF.
        code: The withdrawal code, for the PDF.
        own: The customer's own page, for the PDF, if there is one.

    Raises:
        PdfError: this installation cannot make PDFs.
    """
    if form is Form.PDF:
        return pdf_of(sheet(receipt, language_, at, code, own))
    value = receipt if form is Form.JSON else as_jsonld(receipt)
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def file_of(receipt: Mapping[str, Any], form: Form, code: str | None = None) -> Response:
    """Return a receipt as a download, in the language of this screen.

    Raises:
        PdfError: this installation cannot make PDFs.
    """
    response = Response(
        content_of(receipt, form, language(), address(), code, own_page()),
        mimetype=_MIMETYPES[form],
    )
    name = f"receipt-{receipt['receipt_id']}.{form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
