"""A page as PDF (PDF/UA-1, tagged), by WeasyPrint: in memory, and with nothing fetched but our CSS.

WeasyPrint is the extra `pdf` and needs Pango from the system. Where either is missing, everything
else works: the page prints from the browser.
"""

from importlib.resources import files
from typing import Any

from clienteling.errors import ClientelingError

#: Stands for our own static files while a PDF is made; no such host is ever asked.
_BASE = "https://clienteling.invalid"
_STATIC = f"{_BASE}/static/"
_KINDS = {".css": "text/css", ".svg": "image/svg+xml"}


class PdfError(ClientelingError):
    """No PDF can be made; the message says why."""

    exit_code = 4


def pdf_of(page: str) -> bytes:
    """Return the PDF of a page whose stylesheets lie under `/static/`.

    Raises:
        PdfError: WeasyPrint or Pango is not installed, or the page asks for another file.
    """
    try:
        # An extra; it loads Pango when it is imported.
        from weasyprint import HTML  # noqa: PLC0415
        from weasyprint.urls import FatalURLFetchingError  # noqa: PLC0415
    except (ImportError, OSError) as error:
        raise PdfError(
            "This hub cannot make PDFs: WeasyPrint or Pango is not installed (the extra `pdf`; "
            "Debian: libpango-1.0-0 libpangoft2-1.0-0). Print the page instead."
        ) from error
    try:
        made: bytes = HTML(string=page, base_url=_BASE, url_fetcher=_own_files()).write_pdf(
            pdf_variant="pdf/ua-1", pdf_tags=True
        )
    except FatalURLFetchingError as error:  # no Exception: WeasyPrint must not swallow it
        raise PdfError(str(error)) from error
    return made


def _own_files() -> Any:
    """Return a fetcher that knows our static files, and no network, file or data address."""
    from weasyprint.urls import (  # noqa: PLC0415
        FatalURLFetchingError,
        URLFetcher,
        URLFetcherResponse,
    )

    class OwnFiles(URLFetcher):  # type: ignore[misc]  # WeasyPrint ships no types
        def fetch(self, url: str, headers: object = None) -> Any:  # noqa: ARG002  (its signature)
            parts = url.removeprefix(_STATIC).split("/")
            kind = _KINDS.get(f".{parts[-1].rpartition('.')[2]}")
            if not url.startswith(_STATIC) or kind is None or not _plain(parts):
                raise FatalURLFetchingError(f"{url} is not a file of ours.")
            body = files("web").joinpath("static", *parts).read_bytes()
            return URLFetcherResponse(url, body, {"Content-Type": kind})

    return OwnFiles()


def _plain(parts: list[str]) -> bool:
    return all(part and not part.startswith(".") and set(part) <= _LETTERS for part in parts)


_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-.")
