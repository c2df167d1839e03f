"""The order of the questions."""

import pytest

from consent.purposes import CHOICES, Purpose
from web.kiosk.draft import CHOICE_STEPS, Draft, Step


def _answered(draft: Draft, upto: Step) -> None:
    for step in Step:
        if step is upto:
            return
        draft.done.add(step)
        if step in CHOICE_STEPS:
            draft.choices.setdefault(CHOICE_STEPS[step], True)


def test_every_purpose_on_offer_has_a_screen_of_its_own() -> None:
    assert tuple(CHOICE_STEPS.values()) == CHOICES


def test_age_comes_before_every_consent_and_consents_before_the_confirmation() -> None:
    order = list(Step)
    assert order.index(Step.AGE) < min(order.index(step) for step in CHOICE_STEPS)
    assert order[-3:] == [Step.REVIEW, Step.RELEASE, Step.CONFIRM]


def test_nobody_gets_past_an_unanswered_question() -> None:
    draft = Draft()
    assert draft.first_open() is Step.LANGUAGE
    assert not draft.may_show(Step.CONFIRM)
    _answered(draft, Step.VISITS)
    assert draft.may_show(Step.VISITS)
    assert not draft.may_show(Step.NAME)


def test_what_was_refused_is_not_asked_about_further() -> None:
    draft = Draft()
    draft.decide(Purpose.PREFERENCES, given=False)
    draft.decide(Purpose.ALLERGIES, given=False)
    assert Step.TASTES not in draft.steps()
    assert Step.ALLERGENS not in draft.steps()


def test_a_no_forgets_what_was_told_for_it() -> None:
    draft = Draft(likes=("fudge",), own_words=("kiwi",))
    draft.decide(Purpose.PREFERENCES, given=False)
    draft.decide(Purpose.ALLERGIES, given=False)
    assert draft.likes == ()
    assert draft.own_words == ()


@pytest.mark.parametrize(
    ("changed", "next_screen"),
    [
        (Step.NAME, Step.REVIEW),
        (Step.RECOGNISE, Step.REVIEW),
        (Step.PREFERENCES, Step.TASTES),
        (Step.ALLERGENS, Step.REVIEW),
    ],
)
def test_a_correction_leads_back_to_the_review(changed: Step, next_screen: Step) -> None:
    draft = Draft(reviewed=True)
    _answered(draft, Step.REVIEW)
    assert draft.after(changed) is next_screen


def test_a_change_asks_for_the_agreement_anew() -> None:
    draft = Draft(reviewed=True, agreed_in="nl")
    _answered(draft, Step.CONFIRM)
    draft.decide(Purpose.VISITS, given=False)
    assert draft.agreed_in is None
    assert draft.first_open() is Step.REVIEW


def test_a_draft_never_shows_what_was_typed() -> None:
    draft = Draft(name="Robin", email="r@example.test", likes=("fudge",), own_words=("kiwi",))
    assert not any(word in repr(draft) for word in ("Robin", "example", "fudge", "kiwi"))
