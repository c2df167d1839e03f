"""The papers of the shop: the record of processing and the skeleton of the impact assessment."""

from datetime import timedelta

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from clienteling.papers.export import (
    ARTICLE30,
    DPIA,
    FORMS,
    export_article30,
    export_dpia,
    held_article30,
    held_papers,
)
from clienteling.papers.words import LANGUAGES
from clienteling.recognition.calibration import Calibration
from consent.region.article30 import RecordState, record_state
from web.context import current_hub
from web.guards import this_staff
from web.languages import language
from web.limits import limited
from web.privacy.pages import blueprint

PAPERS = (ARTICLE30, DPIA)
_MIMETYPES = {"md": "text/markdown", "html": "text/html", "json": "application/json"}


@blueprint.get("/papers")
def papers() -> ResponseReturnValue:
    """Show each paper: when it was exported, and whether it still describes the shop."""
    states = {paper: _state(paper) for paper in PAPERS}
    return render_template(
        "privacy/papers.html", states=states, languages=LANGUAGES, forms=tuple(FORMS)
    )


@blueprint.get("/papers/<paper>/now")
def paper_now(paper: str) -> ResponseReturnValue:
    """Return the part of the page that an export changes."""
    if paper not in PAPERS:
        abort(404)
    return render_template("privacy/_paper.html", one=_state(paper))


@blueprint.post("/papers/<paper>")
@limited("30 per minute")
def export_paper(paper: str) -> ResponseReturnValue:
    """Make a paper and hand it out as a file; that it was made is logged."""
    form = request.form.get("form", "")
    chosen = request.form.get("language", language())
    if paper not in PAPERS or form not in FORMS or chosen not in LANGUAGES:
        abort(404)
    home, actor = current_hub().home, this_staff().id
    made = (
        export_article30(home, language=chosen, form=form, actor=actor)
        if paper == ARTICLE30
        else export_dpia(home, _calibration(), language=chosen, form=form, actor=actor)
    )
    answer = Response(made.text, mimetype=_MIMETYPES[form])
    answer.headers["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return answer


def _calibration() -> Calibration | None:
    engine = current_hub().engine
    return None if engine is None else engine.calibration


def _state(paper: str) -> dict[str, object]:
    hub = current_hub()
    held, now = held_papers(hub.home, _calibration())[paper], hub.now()
    if held is None:
        return {"state": RecordState.MISSING, "at": None}
    state = RecordState.HELD if held.current else RecordState.CHANGED
    shown = {"at": held.exported_at, "age": now - held.exported_at}
    record = held_article30(hub.home) if paper == ARTICLE30 else None
    if record is None:
        return {"state": state, **shown}
    days, today = hub.office.profile.article30_valid_days, now.date()
    return {
        "state": record_state(record, days, today),
        "until": record.exported + timedelta(days=days),
        "due": record.due(today),
        **shown,
    }
