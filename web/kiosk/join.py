"""Joining: one question per screen, then the consents are recorded; the camera is later (R15)."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from clienteling.catalogue.allergens import Allergen
from clienteling.catalogue.allergens import name as allergen_name
from clienteling.customers import agreeing, enrolment
from clienteling.customers.profile import Account, Allergies, Preferences, stated, stated_allergies
from clienteling.service.joining import count_joined
from consent.office import Statement
from consent.purposes import FACES, Purpose
from consent.releases import sign
from web.context import current_hub
from web.guards import this_device
from web.kiosk import answers
from web.kiosk.context import blueprint, face_possible, joining, sessions
from web.kiosk.draft import CHOICE_STEPS, AllergyAnswer, Draft, Step
from web.kiosk.receipt import slip_of
from web.kiosk.renew import note_renewal, renewal_page
from web.kiosk.sessions import Joining, Membership
from web.kiosk.wording import question, short, text_of
from web.languages import LANGUAGES, language
from web.public.files import Form, address, file_of, own_page
from web.public.sheet import check_address, code_address, qr_of


@blueprint.post("/session")
def begin() -> ResponseReturnValue:
    """Open a session and ask the first question."""
    office = current_hub().office
    session = sessions().join(
        this_device().id,
        office.notices.current_version,
        Draft(offered=office.choices, release_needed=office.profile.release_needed),
    )
    session.began_at = office.now()
    return _to(session, Step.LANGUAGE)


@blueprint.get("/session/<session_id>/<any({}):step>".format(",".join(Step)))
def ask(session_id: str, step: str) -> ResponseReturnValue:
    """Show one question; who skips ahead is led back to the first that is open."""
    session = joining(session_id)
    with session.lock:
        elsewhere = _elsewhere(session, Step(step))
        return elsewhere or _screen(session, Step(step))


@blueprint.post("/session/<session_id>/<any({}):step>".format(",".join(Step)))
def take(session_id: str, step: str) -> ResponseReturnValue:
    """Take one answer over and show the next question, or say what is missing."""
    session = joining(session_id)
    asked = Step(step)
    with session.lock:
        elsewhere = _elsewhere(session, asked)
        if elsewhere is not None:
            return elsewhere
        if "language" in request.form and asked is not Step.LANGUAGE:
            answers.keep(session.draft, asked, request.form)
            return _speak(session, asked, request.form["language"])
        if request.form.get("go") == "back":
            answers.keep(session.draft, asked, request.form)
            before = session.draft.before(asked)
            return _to(session, before or asked)
        return _answered(session, asked)


@blueprint.get("/session/<session_id>/receipt")
def receipt(session_id: str) -> ResponseReturnValue:
    """Show the code, once, and how to leave. Reached when nothing is left to do."""
    session = joining(session_id)
    with session.lock:
        if session.capturing:
            return redirect(url_for("kiosk.camera", session_id=session.id), 303)
        if session.holder is not None:
            return redirect(url_for("kiosk.show_pass", session_id=session.id), 303)
        if session.member is None:
            if session.renews is not None:
                return redirect(url_for("kiosk.choose_renewal", session_id=session.id), 303)
            return _to(session, session.draft.first_open())
        if session.renews is not None:
            return renewal_page(session, session.member)
        return _receipt(session, session.member)


@blueprint.get("/session/<session_id>/receipt.<any(json, jsonld, pdf):form>")
def receipt_file(session_id: str, form: str) -> ResponseReturnValue:
    """Hand the receipt out as a file; the PDF carries the code that withdraws."""
    session = joining(session_id)
    with session.lock:
        if session.member is None:
            return _to(session, session.draft.first_open())
        return file_of(session.member.receipt, Form(form), session.member.code)


def _elsewhere(session: Joining, step: Step) -> ResponseReturnValue | None:
    """Return where this customer belongs instead of `step`; None: here."""
    if session.member is not None:
        return redirect(url_for("kiosk.receipt", session_id=session.id), 303)
    current = current_hub().office.notices.current_version
    if session.notice_version != current:  # published while somebody reads
        session.notice_version = current
        session.draft.ask_anew()
        return _to(session, session.draft.first_open())
    if not session.draft.may_show(step):
        return _to(session, session.draft.first_open())
    if step in {Step.RELEASE, Step.CONFIRM} and session.draft.agreed_in != language():
        session.draft.unsettle()  # agreed to texts in the other language
        return _to(session, Step.REVIEW)
    return None


def _answered(session: Joining, step: Step) -> ResponseReturnValue:
    draft, answer = session.draft, request.form.get("answer", "")
    match step, answer:
        case Step.LANGUAGE, _:
            draft.done.add(step)
            return _speak(session, draft.after(step), request.form.get("language", ""))
        case Step.AGE, "no":
            return _ended(session, "kiosk.under_age")
        case Step.CONFIRM, "no":
            return _ended(session, "kiosk.forgotten" if draft.renews is None else "kiosk.start")
        case ((Step.AGE | Step.CONFIRM), answer) if answer != "yes":
            problem: str | None = gettext("Choose one of the two answers.")
        case Step.CONFIRM, _:
            return _confirmed(session)
        case ((Step.RECOGNISE | Step.TILL), "yes") if not _face_possible(draft, CHOICE_STEPS[step]):
            problem = _no_face_now()
        case _:
            problem = answers.take(draft, step, request.form, language())
    if problem is not None:
        return _screen(session, step, problem), 422
    return _to(session, draft.after(step))


def _ended(session: Joining, page: str) -> ResponseReturnValue:
    sessions().end(session)
    return redirect(url_for(page), 303)


def _confirmed(session: Joining) -> ResponseReturnValue:
    """The second act (R10): only this records anything."""
    hub, draft = current_hub(), session.draft
    for asked, purpose in CHOICE_STEPS.items():
        if purpose in draft.faces() and not _face_possible(draft, purpose):
            draft.done.discard(asked)
            return _screen(session, asked, _no_face_now()), 422
    statement = Statement(
        language=language(),
        notice_version=session.notice_version,
        method="kiosk",
        collected_by=this_device().actor,
        attestation=None,
        confirmed=True,
        age_confirmed=Step.AGE in draft.done,
        signature=sign(draft.signature) if Step.RELEASE in draft.done else None,
    )
    if session.renews is not None:
        _renew(session, statement)
        return redirect(url_for("kiosk.receipt", session_id=session.id), 303)
    choices = {purpose: draft.choices[purpose] for purpose in hub.office.choices}
    joined = enrolment.begin(hub.office, statement, choices, _told(draft))
    count_joined(hub.office, joined.grants)
    session.member = Membership(
        subject_id=joined.subject_id,
        flow_id=joined.flow_id,
        granted=frozenset(joined.grants),
        code=joined.code,
        receipt=joined.receipt,
    )
    session.capturing = bool(draft.faces())
    session.draft = Draft()  # it is sealed now; the kiosk forgets it
    return redirect(url_for("kiosk.receipt", session_id=session.id), 303)


def _face_possible(draft: Draft, purpose: Purpose) -> bool:
    """Whether a "yes" can be carried out now: with the camera, or where a template stays."""
    return face_possible(current_hub()) or not _needs_camera(draft, purpose)


def _needs_camera(draft: Draft, purpose: Purpose) -> bool:
    return purpose in FACES and (draft.renews is None or purpose in draft.tells)


def _renew(session: Joining, statement: Statement) -> None:
    office, draft = current_hub().office, session.draft
    assert session.renews is not None
    act = agreeing.agree_further if draft.adds else agreeing.prolong
    done = act(
        office,
        session.renews,
        statement,
        {one: draft.choices[one] for one in draft.renews or ()},
        preferences=stated(Preferences, likes=draft.likes) if draft.likes else None,
        allergies=_told_allergies(draft),
    )
    note_renewal(session, done)


def _told_allergies(draft: Draft) -> Allergies | None:
    if draft.allergy in {AllergyAnswer.KNOWN, AllergyAnswer.NONE_KNOWN}:
        return stated_allergies(current_hub().office, draft.codes, draft.own_words)
    return None


def _told(draft: Draft) -> enrolment.Told:
    account = stated(Account, name=draft.name, language=language(), email=draft.email or None)
    preferences = stated(Preferences, likes=draft.likes) if draft.likes else None
    return enrolment.Told(account, preferences, _told_allergies(draft))


def _screen(session: Joining, step: Step, problem: str | None = None) -> str:
    draft, version = session.draft, session.notice_version
    notices = current_hub().office.notices
    if step is Step.REVIEW:
        draft.reviewed = True
    purpose = CHOICE_STEPS.get(step)
    asked: tuple[Purpose, ...] = (purpose or Purpose.ACCOUNT,)
    if step is Step.REVIEW:
        asked = (Purpose.ACCOUNT, *draft.offered)
    if step is Step.RELEASE:
        asked = draft.faces()
    return render_template(
        "kiosk/choice.html" if purpose else f"kiosk/{step}.html",
        visit=session,
        draft=draft,
        step=step,
        steps=draft.steps(),
        before=draft.before(step),
        problem=problem,
        purpose=purpose,
        question=question(purpose) if purpose else None,
        texts={one: text_of(notices.get(version, language(), one)) for one in asked},
        release=text_of(notices.release(version, language())) if step is Step.RELEASE else None,
        purposes=[one for one in draft.offered if draft.renews is None or one in draft.renews],
        short=short,
        granted_choices={one for one, given in draft.choices.items() if given},
        allergen_names=[(code, allergen_name(code, language())) for code in Allergen],
        told_allergies=(
            *(allergen_name(code, language()) for code in draft.codes),
            *draft.own_words,
        ),
        min_age=current_hub().office.profile.min_age,
        face_possible=purpose is None or _face_possible(draft, purpose),
        opens_camera=any(_needs_camera(draft, one) for one in draft.faces()),
        no_face_now=_no_face_now(),
        by_pass=current_hub().home.by_pass,
    )


def _receipt(session: Joining, member: Membership) -> str:
    return render_template(
        "kiosk/receipt.html",
        visit=session,
        code=member.code,
        qr=qr_of(code_address(member.code, address(), own_page())),
        own_page=own_page(),
        check_qr=qr_of(check_address(member.receipt, address())),
        slip=slip_of(member.receipt),
        granted=member.granted,
        likeness=session.likeness,
        by_pass=current_hub().home.by_pass,
        no_template=bool(member.granted & set(FACES)) and not session.template,
        faces=FACES,
        purposes=current_hub().office.choices,
        short=short,
    )


def _speak(session: Joining, step: Step, code: str) -> ResponseReturnValue:
    """Show a screen in another language (the screen's own switch), keeping what was typed."""
    shown = url_for("kiosk.ask", session_id=session.id, step=step)
    if code not in LANGUAGES:
        return redirect(shown, 303)
    return redirect(url_for("auth.choose_language", code=code, next=shown), 303)


def _to(session: Joining, step: Step) -> ResponseReturnValue:
    return redirect(url_for("kiosk.ask", session_id=session.id, step=step), 303)


def _no_face_now() -> str:
    return gettext(
        "Joining with your face is not possible here at the moment. Everything else is, "
        "and our staff help you just as well."
    )
