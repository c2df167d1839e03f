"""What a customer has answered so far, and the order of the questions. Pure: no web, no clock.

The order is that of the design: consent comes before the camera, and the camera is no question.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from clienteling.catalogue.allergens import Allergen
from consent.purposes import CHOICES, FACES, Purpose


class Step(StrEnum):
    """One question, one screen, in this order. The values stand in the addresses."""

    LANGUAGE = "language"
    AGE = "age"
    ABOUT = "about"
    RECOGNISE = "recognise"
    PREFERENCES = "preferences"
    ALLERGIES = "allergies"
    VISITS = "visits"
    PURCHASES = "purchases"
    TILL = "till"
    NAME = "name"
    TASTES = "tastes"
    ALLERGENS = "allergens"
    REVIEW = "review"
    RELEASE = "release"
    CONFIRM = "confirm"


#: The screens that ask for one consent each.
CHOICE_STEPS: dict[Step, Purpose] = {
    Step.RECOGNISE: Purpose.RECOGNISE,
    Step.PREFERENCES: Purpose.PREFERENCES,
    Step.ALLERGIES: Purpose.ALLERGIES,
    Step.VISITS: Purpose.VISITS,
    Step.PURCHASES: Purpose.PURCHASES,
    Step.TILL: Purpose.TILL,
}


class AllergyAnswer(StrEnum):
    """What was said on the allergies screen; nothing yet is None."""

    KNOWN = "known"
    NONE_KNOWN = "none_known"
    SKIPPED = "skipped"


@dataclass(slots=True)
class Draft:
    """Answers in the making. Lives in the hub's memory only; `repr` shows none of them."""

    done: set[Step] = field(default_factory=set)
    choices: dict[Purpose, bool] = field(default_factory=dict)
    name: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    likes: tuple[str, ...] = field(default=(), repr=False)
    allergy: AllergyAnswer | None = field(default=None, repr=False)
    codes: tuple[Allergen, ...] = field(default=(), repr=False)
    own_words: tuple[str, ...] = field(default=(), repr=False)
    reviewed: bool = False
    #: What this shop asks for; no other question is shown.
    offered: tuple[Purpose, ...] = CHOICES
    #: Of a customer who renews: what can be renewed; None: somebody joins.
    renews: frozenset[Purpose] | None = None
    #: What of that is over, so that its data must be told again if it is to go on.
    tells: frozenset[Purpose] = frozenset()
    #: It is not about what can be renewed, but about what a customer has not agreed to so far.
    adds: bool = False
    #: In which language the statement was agreed to; another language asks again (R10).
    agreed_in: str | None = None
    #: Whether the region asks for a signed release before a face is captured (R42).
    release_needed: bool = False
    signature: str = field(default="", repr=False)

    def steps(self) -> tuple[Step, ...]:
        """The screens of this customer: what was refused is not asked about further."""
        left_out = {step for step, one in CHOICE_STEPS.items() if one not in self.offered}
        if self.renews is not None:
            left_out |= self._not_renewed()
        if not self.choices.get(Purpose.PREFERENCES, True):
            left_out.add(Step.TASTES)
        if not self.choices.get(Purpose.ALLERGIES, True):
            left_out.add(Step.ALLERGENS)
        if not (self.release_needed and self.faces()):
            left_out.add(Step.RELEASE)
        return tuple(step for step in Step if step not in left_out)

    def _not_renewed(self) -> set[Step]:
        """The screens that somebody who renews is not shown."""
        renews = self.renews or frozenset()
        left_out = {Step.LANGUAGE, Step.ABOUT, Step.NAME}
        left_out |= {step for step, purpose in CHOICE_STEPS.items() if purpose not in renews}
        if Purpose.PREFERENCES not in self.tells:
            left_out.add(Step.TASTES)
        if Purpose.ALLERGIES not in renews:
            left_out.add(Step.ALLERGENS)
        return left_out

    def faces(self) -> tuple[Purpose, ...]:
        """For what a face is to be captured, or was: each has a template of its own."""
        return tuple(purpose for purpose in FACES if self.choices.get(purpose, False))

    def first_open(self) -> Step:
        """The first question without an answer; nobody gets past it."""
        return next((step for step in self.steps() if step not in self.done), Step.CONFIRM)

    def may_show(self, step: Step) -> bool:
        """Whether every question before this one is answered."""
        steps = self.steps()
        return step in steps and steps.index(step) <= steps.index(self.first_open())

    def after(self, step: Step) -> Step:
        """Where an answer leads: to the next question, or back to the review it came from."""
        steps = self.steps()
        if _DETAIL.get(step) in steps and self.reviewed:
            return _DETAIL[step]
        if self.reviewed and step not in _LAST:
            return min(self.first_open(), Step.REVIEW, key=steps.index)
        return steps[min(steps.index(step) + 1, len(steps) - 1)]

    def before(self, step: Step) -> Step | None:
        """The screen that "Back" shows; None on the first."""
        steps = self.steps()
        place = steps.index(step)
        return steps[place - 1] if place else None

    def decide(self, purpose: Purpose, *, given: bool) -> None:
        """Take a choice. A "no" forgets at once what was told for that purpose."""
        self.choices[purpose] = given
        self.unsettle()
        if purpose is Purpose.PREFERENCES and not given:
            self.likes = ()
            self.done.discard(Step.TASTES)
        if purpose is Purpose.ALLERGIES and not given:
            self.allergy, self.codes, self.own_words = None, (), ()
            self.done.discard(Step.ALLERGENS)

    def ask_anew(self) -> None:
        """Other texts hold from now on: what was chosen was chosen by those before."""
        self.choices.clear()
        self.done -= {Step.ABOUT, *CHOICE_STEPS}
        self.reviewed = False
        self.unsettle()

    def unsettle(self) -> None:
        """Something changed: the statement must be agreed to, and the release signed, anew."""
        self.agreed_in, self.signature = None, ""
        self.done -= {Step.REVIEW, Step.RELEASE}

    def decided(self) -> bool:
        """Whether every purpose on offer has an answer."""
        return all(purpose in self.choices for purpose in self.offered)


#: What is asked further after a "yes".
_DETAIL = {Step.PREFERENCES: Step.TASTES, Step.ALLERGIES: Step.ALLERGENS}
_LAST = frozenset({Step.REVIEW, Step.RELEASE, Step.CONFIRM})
