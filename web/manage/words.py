"""What the manager's pages call things, in the reader's language."""

from flask import Flask
from flask_babel import lazy_gettext

from clienteling.access.devices import OTHER_KIND, DeviceKind
from clienteling.access.users import MIN_PASSWORD, RoleName
from clienteling.service.till_cameras import NOT_ASKED, NOT_BY_PRESS

_KINDS = {
    DeviceKind.TABLET: lazy_gettext("Tablet for staff"),
    DeviceKind.KIOSK: lazy_gettext("Kiosk for customers"),
    DeviceKind.GREET: lazy_gettext("Greeting display beside a camera"),
    DeviceKind.TILL: lazy_gettext("Till"),
    DeviceKind.BUTTON: lazy_gettext("Button beside a camera"),
    DeviceKind.EDGE: lazy_gettext("Camera box"),
    DeviceKind.TILL_CAM: lazy_gettext("Camera box at a till"),
}

_ROLES = {
    RoleName.STAFF: (lazy_gettext("Staff"), lazy_gettext("works in the shop")),
    RoleName.TRAINED: (
        lazy_gettext("Trained"),
        lazy_gettext("may see customer cards, after the training"),
    ),
    RoleName.MANAGER: (lazy_gettext("Manager"), lazy_gettext("devices and people")),
    RoleName.OFFICER: (
        lazy_gettext("Privacy officer"),
        lazy_gettext("the log, withdrawals, stopping recognition"),
    ),
    RoleName.ADMIN: (lazy_gettext("Admin"), lazy_gettext("looks after the installation")),
}

#: Sentences of `clienteling.access` that a manager may meet.
_PROBLEMS = {
    "Say which camera this edge belongs to.": lazy_gettext("Say which camera this is."),
    "Say which camera this till_cam belongs to.": lazy_gettext("Say which camera this is."),
    NOT_ASKED: lazy_gettext(
        "A camera at a till needs identify = true under [till] in config.toml: customers are asked "
        "for it only there."
    ),
    NOT_BY_PRESS: lazy_gettext(
        "A camera at a till looks when somebody asks, so it needs the policy trigger in this shop."
    ),
    OTHER_KIND: lazy_gettext(
        "There is a camera of this name that stands elsewhere: one at a till recognises for the "
        "till only. Give it another name, or revoke the other first."
    ),
    "Say which camera this greet belongs to.": lazy_gettext(
        "Say which camera this display stands beside."
    ),
    "Say which camera this button belongs to.": lazy_gettext(
        "Say which camera this button stands beside."
    ),
    "Give the device a name of at most 64 characters.": lazy_gettext("Give the device a name."),
    "Give a user name of at most 64 characters.": lazy_gettext("Give a user name."),
    f"Give a password of at least {MIN_PASSWORD} characters.": lazy_gettext(
        "Give a password of at least 12 characters."
    ),
    "This user name is taken. Choose another.": lazy_gettext(
        "This user name is taken. Choose another."
    ),
    "You cannot end your own access. Ask a colleague.": lazy_gettext(
        "You cannot end your own access. Ask a colleague."
    ),
    "Name the camera with letters, digits, dots, dashes and underscores, 40 at most.": lazy_gettext(
        "Name the camera with letters, digits, dots, dashes and underscores, 40 at most."
    ),
    "There is no such camera. Pair it first.": lazy_gettext(
        "There is no such camera. Pair it first."
    ),
    "The zone leaves the picture. Make it smaller or move it.": lazy_gettext(
        "The zone leaves the picture. Make it smaller or move it."
    ),
    "Make the zone at least a tenth of the picture wide and high.": lazy_gettext(
        "Make the zone at least a tenth of the picture wide and high."
    ),
    "The smallest face is between 10 and 80 percent of the picture's height.": lazy_gettext(
        "The smallest face is between 10 and 80 percent of the picture's height."
    ),
    "This camera is not connected. See its state on the health page.": lazy_gettext(
        "This camera is not connected. See its state on the health page."
    ),
    "Say who attests, by role, in at most 60 characters.": lazy_gettext(
        "Say who attests, by role, in at most 60 characters."
    ),
    "Give the day on which you looked: not a later one, and not too long ago.": lazy_gettext(
        "Give the day on which you looked: not a later one, and not too long ago."
    ),
    "There is no such person, or the access was ended already.": lazy_gettext(
        "There is no such person, or the access was ended already."
    ),
}


def problem_word(sentence: str) -> str:
    """Return a refusal in the reader's language."""
    if sentence.startswith("Give at least one role"):
        return str(lazy_gettext("Give at least one role."))
    return str(_PROBLEMS.get(sentence, sentence))


def init_words(app: Flask) -> None:
    """Teach the templates these words."""
    app.jinja_env.globals.update(
        device_word=lambda kind: str(_KINDS[DeviceKind(kind)]),
        role_word=lambda role: str(_ROLES[RoleName(role)][0]),
        role_hint=lambda role: str(_ROLES[RoleName(role)][1]),
    )
