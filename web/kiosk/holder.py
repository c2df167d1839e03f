"""Handing the pass over: shown until the customer says that they have it, and never again (R26).

The secret lives in this kiosk session and on the page. It stands in no address, no log and no
cookie; the page is not stored (`no-store`), and the session forgets it with the customer's word,
with its end, or after ten minutes, whichever comes first.
"""

import segno
from flask import redirect, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from consent.keystore.holder import HolderSecret
from web.kiosk.context import after_pictures, blueprint, picturing


@blueprint.get("/session/<session_id>/pass")
def show_pass(session_id: str) -> ResponseReturnValue:
    """Show the pass that was just made; there is no other moment at which that is possible."""
    session = picturing(session_id)
    with session.lock:
        if session.holder is None:
            return redirect(after_pictures(session), 303)
        return render_template("kiosk/pass.html", visit=session, qr=_qr_of(session.holder))


@blueprint.post("/session/<session_id>/pass")
def pass_handed_over(session_id: str) -> ResponseReturnValue:
    """Forget the pass: the customer has it."""
    session = picturing(session_id)
    with session.lock:
        session.holder = None
    return redirect(after_pictures(session), 303)


def _qr_of(holder: HolderSecret) -> Markup:
    """Return a pass as SVG: the smallest version, black on white, with its whole quiet zone.

    The modules are as large as they can be, because a camera reads it from a phone (0146).
    """
    code = segno.make(holder.text, error="m", boost_error=False, micro=False)
    drawn = code.svg_inline(omitsize=True, border=4, dark="#000", light="#fff")
    return Markup(drawn)  # noqa: S704 - made of modules, no text
