"""The kinds of entries in groups, as an officer asks for them."""

from enum import StrEnum

from consent.log.events import EventKind


class Group(StrEnum):
    """One group."""

    CONSENT = "consent"
    RIGHTS = "rights"
    READING = "reading"
    WRITING = "writing"
    RECOGNITION = "recognition"
    KEYS = "keys"
    SHOP = "shop"
    ACCESS = "access"
    LOG = "log"


#: By the first part of a kind's name.
_AREAS = {
    Group.CONSENT: "consent receipt withdrawal erasure correction restriction enrolment notice",
    Group.RIGHTS: "request export breach",
    Group.READING: "profile allergies card customer replay help smile huddle learning",
    Group.WRITING: "record",
    Group.RECOGNITION: "template templates look_alike gallery arrival sighting recognition view",
    Group.KEYS: "key",
    Group.ACCESS: "device user signin signout",
    Group.LOG: "log backup witness",
}
_GROUP_OF = {area: group for group, areas in _AREAS.items() for area in areas.split()}


def group_of(kind: EventKind) -> Group:
    """Return the group of a kind; what is in no other belongs to the shop."""
    return _GROUP_OF.get(kind.value.partition(".")[0], Group.SHOP)


def kinds_of(group: Group) -> tuple[EventKind, ...]:
    """Return the kinds of a group, in their own order."""
    return tuple(kind for kind in EventKind if group_of(kind) is group)
