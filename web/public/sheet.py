"""The receipt as a sheet of paper: one page that prints from a browser and becomes the PDF."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import segno
from flask import current_app
from flask_babel import force_locale
from markupsafe import Markup

from clienteling.service.receipts import acts_of
from consent.clock import parse
from consent.proof.receipts import fingerprint
from web.public import words


@dataclass(frozen=True, slots=True)
class Line:
    """One purpose on the sheet, in the words of its language."""

    purpose: str
    state: str
    given: bool
    at: datetime
    until: datetime | None
    kept: str
    notice: str | None
    sha256: str | None


def sheet(
    receipt: Mapping[str, Any],
    language: str,
    address: str,
    code: str | None = None,
    own_page: str | None = None,
) -> str:
    """Return the HTML of a receipt's sheet.

    Args:
        receipt: As it was signed.
        language: "nl" or "en".
        address: Where the hub is reached, without a slash at the end; it goes into the codes.
        code: The withdrawal code, if this receipt came with one and it is known now.
        own_page: Where it opens the customer's own page on a phone, if the shop offers that.
    """
    with force_locale(language):
        records = [item["record"] for item in receipt["records"]]
        return current_app.jinja_env.get_template("public/sheet.html").render(
            receipt=receipt,
            sheet_language=language,
            heading=words.heading(acts_of(receipt)),
            lines=[_line(record) for record in records],
            events=[act for act in acts_of(receipt) if act.purpose is None],
            event_word=words.event,
            parse=parse,
            first=records[0] if records else None,
            authority=words.authority(records[0]["authority_party"]) if records else None,
            recipients=sorted({name for record in records for name in record["recipients"]}),
            entries=[
                i["entry"]["index"] for i in (*receipt["records"], *receipt.get("events", []))
            ],
            size=receipt["checkpoint"].split("\n")[1],
            root=receipt["checkpoint"].split("\n")[2],
            check_address=f"{address}/verify",
            check_qr=qr_of(check_address(receipt, address)),
            code=code,
            own_page=own_page,
            leave_qr=qr_of(code_address(code, address, own_page)) if code else None,
        )


def check_address(receipt: Mapping[str, Any], address: str) -> str:
    """Return the address that a phone opens to see, check and save this receipt.

    What names it stands behind the "#": a browser sends that part to nobody, so no log has it.
    """
    return f"{address}/verify#{receipt['receipt_id']}.{fingerprint(receipt)}"


def code_address(code: str, address: str, own_page: str | None) -> str:
    """Return what a withdrawal code's QR code says: a kiosk's scanner types it, a phone opens it.

    The code stands behind the "#" for the same reason.
    """
    return f"{own_page or f'{address}/kiosk/leave'}#{code}"


def _line(record: Mapping[str, Any]) -> Line:
    notice = record["privacy_notice"] or {}
    return Line(
        purpose=words.purpose(record["purpose"]),
        state=words.state(record["event_state"]),
        given=record["event_state"] == "given",
        at=parse(record["event_time"]),
        until=parse(record["valid_until"]) if record["valid_until"] else None,
        kept=words.retention(record["retention_period"]),
        notice=notice.get("version"),
        sha256=notice.get("sha256"),
    )


def qr_of(address: str) -> Markup:
    """Return a QR code as SVG, sized by CSS, in the colour of the text around it."""
    code = segno.make(address, error="m")
    drawn = code.svg_inline(omitsize=True, border=2, dark="#221d17", light="#fff")
    return Markup(drawn)  # noqa: S704 - made of the address's modules, no text
