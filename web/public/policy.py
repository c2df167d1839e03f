"""The shop's privacy policy: rendered from the profile that the retention job runs by (R39)."""

from typing import Any

from flask import Flask
from flask_babel import gettext, lazy_gettext

from clienteling.retention.policy import kept_lines, purposes
from consent.purposes import Purpose
from consent.region.policy import CapturePolicy
from web.context import current_hub
from web.public import words

_RULES = {
    "lapsed": lazy_gettext("A consent, and what it allows"),
    "unused": lazy_gettext("Recognition that is not used, counted from the end of the month"),
    "visits": lazy_gettext("Each visit, if you want visits kept"),
    "purchases": lazy_gettext("Each purchase, if you want purchases remembered"),
    "reads": lazy_gettext("Who looked at your data, and when"),
    "acts": lazy_gettext("That something about you was changed"),
    "proof": lazy_gettext("Proof of your choices, under a number, after they ended"),
    "requests": lazy_gettext("That a request or complaint was answered"),
    "lists": lazy_gettext("That staff wanted to come back to a customer, after the day they set"),
    "texts": lazy_gettext("The words of a complaint by somebody who is no customer"),
    "help": lazy_gettext("What you asked us to do (a repair, a return), after it last changed"),
    "help_strangers": lazy_gettext(
        "The same for somebody without an account here, once it is closed"
    ),
    "approvals": lazy_gettext("What two of us decided together"),
    "answers": lazy_gettext("Answers that a till was given, in case it asks again; without names"),
    "webhooks": lazy_gettext("What was told to the shop’s other systems; without names"),
    "intents": lazy_gettext("What customers came for, after the day on which they told it"),
    "codes": lazy_gettext("Codes that connect our screens, once used or ten minutes old"),
    "leftovers": lazy_gettext("Anything that no consent covers"),
    "moments": lazy_gettext("Stories of good service, told by staff"),
    "surprises": lazy_gettext("What staff spent on surprises"),
    "compliments": lazy_gettext("Compliments between staff, and their bonuses"),
    "learning": lazy_gettext("Private learning notes of staff, counted from when last opened"),
    "grace": lazy_gettext("Data of a lapsed consent, unused, so that you can still renew"),
    "key_backup_days": lazy_gettext("Copies of the keys; without them a backup cannot be read"),
    "after_purpose_days": lazy_gettext("Limit by law after a purpose ended"),
    "last_interaction_days": lazy_gettext("Limit by law after we last met"),
}

_DATA = {
    "name": lazy_gettext("name"),
    "contact": lazy_gettext("contact"),
    "language": lazy_gettext("language"),
    "face template": lazy_gettext("numbers made from your face; no photograph"),
    "tastes": lazy_gettext("what you like"),
    "important dates": lazy_gettext("dates that matter to you"),
    "allergies": lazy_gettext("allergies, as you told them"),
    "visits": lazy_gettext("when you were here"),
    "purchases": lazy_gettext("what you bought here, and when"),
}


def policy_values() -> dict[str, Any]:
    """Return what the page shows; the kiosk shows it in a frame of its own."""
    office = current_hub().office
    return {
        "lines": purposes(office),
        "kept": kept_lines(office.profile),
        "profile": office.profile,
        "processing": office.processing,
        "camera": _camera(office.processing.policy),
        "purpose_of": words.purpose,
        "kept_of": words.retention,
        "data_of": lambda kind: str(_DATA.get(kind, kind)),
        "authority": words.authority(office.profile.authority),
        "account": Purpose.ACCOUNT,
    }


def rule_word(name: str) -> str:
    """Return what a retention rule is about."""
    return str(_RULES.get(name, name))


def init_policy(app: Flask) -> None:
    """Teach the templates the names of the rules; the officer's page uses them too."""
    app.jinja_env.globals["rule_word"] = rule_word


def _camera(policy: CapturePolicy | None) -> str:
    """Return what the camera does here, in one or two sentences."""
    return {
        None: gettext("No camera recognises anybody here."),
        CapturePolicy.PASS: gettext(
            "The camera looks at a face only when somebody shows their pass, and compares it with "
            "the one template that this pass opens. Without a pass nobody is compared."
        ),
        CapturePolicy.TRIGGER: gettext(
            "The camera looks at a face only after somebody presses “Greet me”, for ten seconds at "
            "most. Nobody else is compared."
        ),
        CapturePolicy.ZONE: gettext(
            "The camera compares the face of whoever stays in the marked lane."
        ),
        CapturePolicy.AMBIENT: gettext("The camera compares every face in view."),
    }[policy]
