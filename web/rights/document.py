"""The export as it leaves the hub: JSON for machines, a page and a PDF to read and print."""

import json
from typing import Any

from flask import Response, render_template

from web.public.pdf import pdf_of


def as_json(document: dict[str, Any]) -> Response:
    """Return the document as a file to be saved; the name says nothing about the person."""
    text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    response = Response(text, mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


def as_pdf(document: dict[str, Any]) -> Response:
    """Return the document as PDF, made in memory.

    Raises:
        PdfError: WeasyPrint or Pango is not installed; the page prints all the same.
    """
    made = pdf_of(render_template("rights/paper.html", document=document))
    response = Response(made, mimetype="application/pdf")
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.pdf"'
    return response


def as_page(document: dict[str, Any]) -> str:
    """Return the document as a page of its own, to be printed or read aloud."""
    return render_template("rights/page.html", document=document)
