"""Enrolment from a signed paper form and photographs (`clienteling enrol`)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from clienteling.catalogue.allergens import Allergen
from clienteling.customers import enrolment
from clienteling.customers.contact import CONTACTS, card_number, phone_number
from clienteling.customers.profile import (
    Account,
    Allergies,
    Preferences,
    find_by_contact,
    stated,
    stated_allergies,
)
from clienteling.errors import UsageError
from clienteling.photographs import read_photograph
from clienteling.recognition.engine import Engine
from clienteling.recognition.frames import Image
from clienteling.recognition.likeness import Likeness
from clienteling.recognition.pictures import PictureError
from clienteling.recognition.quality import ENROL_PHOTO, QualityCode
from clienteling.recognition.template import AgreementCode, EncodingCode, RefusalCode
from consent.keystore.holder import HolderSecret
from consent.office import Office, Statement
from consent.purposes import FACES, Purpose
from consent.releases import SignedForm

_LOOK_ALIKE = (
    "somebody who looks very much like this customer is a customer here too. Tell the customer: if "
    "a colleague greets you by another name, say so; the way without a face serves you as well."
)
_ENROLLED_BEFORE = (
    "this customer may have joined before, or somebody who looks just like them has. Ask: with two "
    "memberships of one face the camera greets by neither. If the older one is theirs, end it with "
    "its receipt code."
)


@dataclass(frozen=True, slots=True)
class PaperForm:
    """What the operator copies from the form. `release`: where the signed release is (R42)."""

    name: str
    email: str | None
    photos: tuple[str, ...]
    purposes: tuple[str, ...]
    allergies: tuple[str, ...]
    none_known: bool
    likes: tuple[str, ...]
    attestation: str
    notice: str | None
    language: str
    release: str | None = None
    phone: str | None = None
    card: str | None = None


@dataclass(frozen=True, slots=True)
class RefusedPhoto:
    """A photograph that was not used. The others were."""

    photo: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """What `customer renew` answers.

    Attributes:
        images: Photographs behind the template; 0: none could be used.
        look_alike: Somebody who looks very much like this is a customer here too.
        enrolled_before: It may even be the same person.
        refused: Photographs that were not used.
    """

    customer: str
    images: int
    look_alike: bool
    enrolled_before: bool
    refused: tuple[RefusedPhoto, ...]

    @property
    def complete(self) -> bool:
        """Whether everything asked for was done: a template, if photographs were given."""
        return self.images > 0 or not self.refused

    @property
    def warning(self) -> str:
        """What the operator passes on to the customer; empty: nothing."""
        if self.enrolled_before:
            return _ENROLLED_BEFORE
        return _LOOK_ALIKE if self.look_alike else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperEnrolment(Renewal):
    """What `enrol` answers. `code` withdraws."""

    templates: int
    receipt: dict[str, Any]
    code: str | None


REASONS: dict[RefusalCode, str] = {
    QualityCode.NO_FACE: "no face was found. Use a photograph with one face, seen from the front.",
    QualityCode.SEVERAL_FACES: "there is more than one face. Cut out the customer's.",
    QualityCode.TOO_FAR: "the face is too small. Use a closer photograph.",
    QualityCode.TOO_CLOSE: "the face fills the picture. Use one with some space around it.",
    QualityCode.TOO_DARK: "the face is too dark. Use a photograph with more light.",
    QualityCode.TOO_BRIGHT: "the face is overexposed. Use a photograph with softer light.",
    QualityCode.BLURRED: "the face is blurred. Use a sharp photograph.",
    QualityCode.TURNED: "the face is turned away. Use one that looks into the camera.",
    QualityCode.OUT_OF_FRAME: "the face is cut off. Use one that shows the whole face.",
    AgreementCode.OTHER_PERSON: "it does not look like the person in the other photographs.",
    EncodingCode.NO_VECTOR: "the face model made nothing of it. Use another photograph.",
}


def enrol_from_paper(
    office: Office,
    build: Callable[[], Engine],
    form: PaperForm,
    holder: HolderSecret | None = None,
) -> PaperEnrolment:
    """Record the consents of the form, then make the template from its photographs.

    With a `holder` only that pass opens the template; whoever calls hands it over.

    When no photograph is usable, what they were for is closed as withdrawn and the rest stands.

    Raises:
        UsageError: the form is incomplete or contradicts itself; nothing was recorded.
        ConsentError: the notice named is not current, or the form was refused.
    """
    choices = _choices(office, form)
    if form.release is not None and not office.profile.release_needed:
        raise UsageError("No release is asked for here. Leave --release-signed out.")
    told = _told(office, form, choices)
    engine = build() if any(choices.get(one, False) for one in FACES) else None
    joined = enrolment.begin(
        office,
        Statement(
            language=form.language,
            notice_version=form.notice or office.notices.current_version,
            method="paper",
            collected_by="command",
            attestation=form.attestation,
            confirmed=True,
            age_confirmed=True,
            signature=None if form.release is None else SignedForm(form.release),
        ),
        choices,
        told,
    )
    used = _Used()
    if engine is not None:
        capture = partial(
            enrolment.capture,
            office,
            engine,
            flow_id=joined.flow_id,
            subject_id=joined.subject_id,
            gate=ENROL_PHOTO,
            holder=holder,
        )
        used = _use(capture, form.photos)
        if not used.images:
            enrolment.abandon(office, joined.flow_id)
    return PaperEnrolment(
        customer=joined.subject_id,
        templates=sum(choices.get(one, False) for one in FACES) if used.images else 0,
        images=used.images,
        look_alike=used.likeness is not Likeness.NONE,
        enrolled_before=used.likeness is Likeness.SAME_PERSON,
        refused=used.refused,
        receipt=joined.receipt,
        code=joined.code,
    )


def renew_from_photographs(
    office: Office,
    engine: Engine,
    subject_id: str,
    photos: tuple[str, ...],
    holder: HolderSecret | None = None,
) -> Renewal:
    """Replace a customer's template by one from new photographs; their consent stands already.

    With a `holder` only that new pass opens it, and the pass before opens nothing any more.

    Raises:
        ConsentMissingError: the consent to be recognised does not stand.
    """
    renew = partial(
        enrolment.renew,
        office,
        engine,
        subject_id=subject_id,
        gate=ENROL_PHOTO,
        actor="command",
        holder=holder,
    )
    used = _use(renew, photos)
    return Renewal(
        customer=subject_id,
        images=used.images,
        look_alike=used.likeness is not Likeness.NONE,
        enrolled_before=used.likeness is Likeness.SAME_PERSON,
        refused=used.refused,
    )


def _choices(office: Office, form: PaperForm) -> dict[Purpose, bool]:
    known = {str(purpose): purpose for purpose in office.choices}
    for name in form.purposes:
        if name not in known:
            raise UsageError(f"{name!r} is not a purpose. Choose from: {', '.join(known)}.")
    if not form.attestation.strip():
        raise UsageError("Say with --attest which paper form carries age, notice and signature.")
    choices = {purpose: str(purpose) in form.purposes for purpose in office.choices}
    faces = [one.value for one in FACES if choices.get(one, False)]
    if faces and not form.photos:
        raise UsageError(f"Give at least one --photo, or leave {_named(faces)} out of --purposes.")
    if form.photos and not faces:
        offered = _named(one.value for one in FACES if one in choices)
        raise UsageError(f"Photographs are only used with the purpose {offered}. Leave them out.")
    if (form.allergies or form.none_known) and not choices[Purpose.ALLERGIES]:
        raise UsageError("Allergies need the purpose `allergies`.")
    if form.allergies and form.none_known:
        raise UsageError("--allergy and --allergies none-known contradict each other.")
    if form.likes and not choices[Purpose.PREFERENCES]:
        raise UsageError("Tastes (--likes) need the purpose `preferences`.")
    return choices


def _named(names: Iterable[str]) -> str:
    return " or ".join(f"`{name}`" for name in names)


def _told(office: Office, form: PaperForm, choices: dict[Purpose, bool]) -> enrolment.Told:
    account = stated(
        Account,
        name=form.name,
        language=form.language,
        email=form.email,
        phone=phone_number(office, form.phone) if form.phone else None,
        card=card_number(form.card) if form.card else None,
    )
    for kind, value in account.contacts():
        if find_by_contact(office, kind, value) is not None:
            raise UsageError(f"A customer with this {CONTACTS[kind]} exists already.")
    preferences = stated(Preferences, likes=form.likes) if choices[Purpose.PREFERENCES] else None
    allergies: Allergies | None = None
    if form.allergies or form.none_known:
        # "Milk" is the code: as own words it would be missing where products are compared.
        codes = {name: name.strip().casefold() for name in form.allergies}
        known = tuple(code for code in codes.values() if code in set(Allergen))
        words = tuple(name for name, code in codes.items() if code not in set(Allergen))
        allergies = stated_allergies(office, known, words)
    return enrolment.Told(account, preferences, allergies)


@dataclass(frozen=True, slots=True)
class _Used:
    """What became of photographs: how many are behind a template, and which are not."""

    images: int = 0
    likeness: Likeness = Likeness.NONE
    refused: tuple[RefusedPhoto, ...] = ()


def _use(make: Callable[..., enrolment.Captured], names: tuple[str, ...]) -> _Used:
    """Make a template of the photographs that can be used, with one in memory at a time."""
    read: list[str] = []
    refused: list[RefusedPhoto] = []

    def photographs() -> Iterator[Image]:
        for name in names:
            try:
                image = read_photograph(Path(name))
            except PictureError as error:
                refused.append(RefusedPhoto(name, str(error)))
                continue
            read.append(name)
            yield image

    captured = make(images=photographs())
    result = captured.result
    refused += [RefusedPhoto(read[index], REASONS[code]) for index, code in result.refused]
    used = 0 if result.vector is None else result.accepted
    return _Used(used, captured.likeness, tuple(refused))
