"""Finding a customer who asks, and that customer's file."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from clienteling.oversight.finding import FindBy, find_customer
from clienteling.oversight.timeline import receipt_body, timeline
from web.context import current_hub
from web.guards import this_staff
from web.languages import language
from web.limits import limited
from web.privacy.pages import blueprint
from web.public.files import Form, address, file_of
from web.public.sheet import sheet

_LONGEST = 254


@blueprint.get("/customers")
def find() -> ResponseReturnValue:
    """Show where a customer is looked up."""
    return _find_page()


@blueprint.post("/customers")
@limited("30 per minute")
def find_now() -> ResponseReturnValue:
    """Look a customer up; what was typed goes into no address and no log."""
    given = request.form.get("given", "").strip()
    try:
        by = FindBy(request.form.get("by", ""))
    except ValueError:
        return _find_page(gettext("Choose what you have: a code, an address or a number.")), 400
    if not given or len(given) > _LONGEST:
        return _find_page(gettext("Fill in what the customer gave you."), by), 400
    found = find_customer(current_hub().office, by, given, actor=this_staff().id)
    if found is None:
        return _find_page(_not_found(by), by), 404
    return redirect(url_for("privacy.customer", subject_id=found), 303)


def _not_found(by: FindBy) -> str:
    return {
        FindBy.CODE: gettext(
            "No receipt has this code. Check the letters; after an erasure the code ends too."
        ),
        FindBy.EMAIL: gettext(
            "Nobody here has this e-mail address. It is compared whole; capitals do not matter."
        ),
        FindBy.ID: gettext("Nobody here ever had this number."),
    }[by]


def _find_page(problem: str = "", by: FindBy = FindBy.CODE) -> str:
    return render_template("privacy/find.html", problem=problem, by=by, ways=tuple(FindBy))


@blueprint.get("/customers/<subject_id>")
def customer(subject_id: str) -> ResponseReturnValue:
    """Show a customer's file; the read is logged."""
    file = timeline(current_hub().office, subject_id, reader=this_staff().id)
    return render_template("privacy/customer.html", file=file)


@blueprint.get("/receipts/<receipt_id>.<any(json, jsonld, pdf):form>")
def receipt(receipt_id: str, form: str) -> ResponseReturnValue:
    """Return a receipt as a file; the read is logged."""
    body = receipt_body(current_hub().office, receipt_id, reader=this_staff().id)
    return file_of(body, Form(form))


@blueprint.get("/receipts/<receipt_id>/sheet")
def receipt_sheet(receipt_id: str) -> ResponseReturnValue:
    """Show a receipt as the sheet that prints; the read is logged."""
    body = receipt_body(current_hub().office, receipt_id, reader=this_staff().id)
    return sheet(body, language(), address())
