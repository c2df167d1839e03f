"""The kiosk's own words for purposes and guidance; the notices' words come from `consent`."""

from dataclasses import dataclass

from flask_babel import gettext

from clienteling.recognition.quality import QualityCode
from clienteling.recognition.template import AgreementCode, EncodingCode, RefusalCode
from consent.notices import Notice
from consent.purposes import Purpose
from web.kiosk.markdown import Block, blocks


@dataclass(frozen=True, slots=True)
class Text:
    """A notice as a screen shows it.

    The summary is its first paragraph, with those after it that begin in bold (the way without a
    face).
    """

    title: str
    summary: tuple[Block, ...]
    rest: tuple[Block, ...]
    version: str


def text_of(notice: Notice) -> Text:
    """Return a notice, or the release that is signed before the camera opens, as it is shown."""
    parts = blocks(notice.body)
    end = next((n for n, part in enumerate(parts) if n and not _is_marked(part)), len(parts))
    return Text(notice.title, parts[:end], parts[end:], notice.version)


def _is_marked(part: Block) -> bool:
    return part.kind == "p" and part.lines[0][0].bold


def question(purpose: Purpose) -> str:
    """Return the question that asks for one consent."""
    return {
        Purpose.RECOGNISE: gettext("May we recognise you by your face in this shop?"),
        Purpose.PREFERENCES: gettext("May our staff see what you like?"),
        Purpose.ALLERGIES: gettext("May our staff see your allergies?"),
        Purpose.VISITS: gettext("May we remember when you visited?"),
        Purpose.PURCHASES: gettext("May we remember what you buy?"),
        Purpose.TILL: gettext("May we recognise you by your face at the till?"),
    }[purpose]


def short(purpose: Purpose) -> str:
    """Return a purpose in two or three words, for lists."""
    return {
        Purpose.ACCOUNT: gettext("Your name and contact"),
        Purpose.RECOGNISE: gettext("Recognition by face"),
        Purpose.PREFERENCES: gettext("What you like"),
        Purpose.ALLERGIES: gettext("Your allergies"),
        Purpose.VISITS: gettext("When you visited"),
        Purpose.PURCHASES: gettext("What you buy"),
        Purpose.TILL: gettext("Recognition at the till"),
    }.get(purpose, str(purpose))


def guidance() -> dict[RefusalCode, str]:
    """Return what to do about each fault of a picture."""
    return {
        QualityCode.NO_FACE: gettext("Look into the camera"),
        QualityCode.SEVERAL_FACES: gettext("One person at a time, please"),
        QualityCode.OUT_OF_FRAME: gettext("Move to the middle"),
        QualityCode.TOO_FAR: gettext("Come a little closer"),
        QualityCode.TOO_CLOSE: gettext("Step back a little"),
        QualityCode.TOO_DARK: gettext("It is too dark. Turn to the light"),
        QualityCode.TOO_BRIGHT: gettext("It is too bright. Turn away from the light"),
        QualityCode.TURNED: gettext("Turn your face to the camera"),
        QualityCode.BLURRED: gettext("Hold still for a moment"),
        AgreementCode.OTHER_PERSON: gettext("One person at a time, please"),
        EncodingCode.NO_VECTOR: gettext("Look into the camera"),
    }
