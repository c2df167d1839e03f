"""What a posted screen says: taken over into the draft, or answered with the sentence that helps.

`keep` takes over what was typed even when it is not complete, for "Back" and the language switch.
`take` also checks it. Neither stores anything outside the draft.
"""

from typing import Protocol

from flask_babel import gettext

from clienteling.catalogue.allergens import Allergen
from clienteling.customers.profile import Account, stated
from clienteling.errors import UsageError
from consent.purposes import Purpose
from consent.releases import LONGEST_NAME
from web.kiosk.draft import CHOICE_STEPS, AllergyAnswer, Draft, Step

MAX_NAME = 80
MAX_EMAIL = 254
MAX_WORDS = 60
MAX_LIKES = 12
MAX_OWN = 5


class Form(Protocol):
    """A posted form."""

    def get(self, key: str, default: str, /) -> str:
        """The first value of a field."""

    def getlist(self, key: str, /) -> list[str]:
        """All values of a field."""


def keep(draft: Draft, step: Step, form: Form) -> None:
    """Take over what was typed on a screen, cut to what may be stored."""
    match step:
        case Step.NAME:
            draft.name = form.get("name", "").strip()[:MAX_NAME]
            draft.email = form.get("email", "").strip()[:MAX_EMAIL]
        case Step.TASTES:
            draft.likes = _words(form.getlist("like"), MAX_LIKES)
        case Step.ALLERGENS:
            known = set(Allergen)
            ticked = [code for code in form.getlist("allergen") if code in known]
            draft.codes = tuple(code for code in Allergen if code in ticked)
            draft.own_words = _words(form.getlist("own"), MAX_OWN)
        case Step.RELEASE:
            draft.signature = " ".join(form.get("signature", "").split())[:LONGEST_NAME]
            return
        case _:
            return
    draft.unsettle()


def take(draft: Draft, step: Step, form: Form, language: str) -> str | None:
    """Take the answer of a screen over. Returns None, or the sentence that says what to do."""
    keep(draft, step, form)
    problem = _take(draft, step, form, language)
    if problem is None:
        draft.done.add(step)
    else:
        draft.done.discard(step)
    return problem


def _take(draft: Draft, step: Step, form: Form, language: str) -> str | None:
    if step in CHOICE_STEPS:
        return _choice(draft, CHOICE_STEPS[step], form)
    if step is Step.NAME:
        return _name(draft, language)
    if step is Step.ALLERGENS:
        return _allergens(draft, form)
    if step is Step.REVIEW:
        return _review(draft, form, language)
    if step is Step.RELEASE and not draft.signature:
        return gettext("Type your full name to sign. Or go back, and join without your face.")
    return None


def _choice(draft: Draft, purpose: Purpose, form: Form) -> str | None:
    answer = form.get("answer", "")
    if answer not in {"yes", "no"}:
        return gettext("Choose yes or no. Both are fine.")
    draft.decide(purpose, given=answer == "yes")
    return None


def _name(draft: Draft, language: str) -> str | None:
    if not draft.name:
        return gettext("Type the name that we may call you by. A first name is enough.")
    try:
        stated(Account, name=draft.name, language=language, email=draft.email or None)
    except UsageError:
        return gettext("This e-mail address is not complete. Correct it, or leave the field empty.")
    return None


def _allergens(draft: Draft, form: Form) -> str | None:
    named = bool(draft.codes or draft.own_words)
    answer = form.get("answer", "known")
    if answer == AllergyAnswer.KNOWN and not named:
        return gettext("Touch what you are allergic to, or choose one of the other two answers.")
    if answer == AllergyAnswer.NONE_KNOWN and named:
        return gettext("You marked something. Take the marks away first, or choose “Go on”.")
    if answer == AllergyAnswer.SKIPPED:
        draft.codes, draft.own_words = (), ()
    draft.allergy = AllergyAnswer(answer) if answer in set(AllergyAnswer) else None
    if draft.allergy is None:
        return gettext("Choose one of the three answers.")
    return None


def _review(draft: Draft, form: Form, language: str) -> str | None:
    if form.get("agree", "") != "yes":
        draft.agreed_in = None
        return gettext("Tick the box first, if you agree. Else you can change or stop.")
    draft.agreed_in = language
    return None


def _words(values: list[str], most: int) -> tuple[str, ...]:
    cut = (" ".join(value.split())[:MAX_WORDS].strip() for value in values)
    return tuple(dict.fromkeys(word for word in cut if word))[:most]
