"""What staff write down on the customer's page, and take away again. Each act is logged."""

from collections.abc import Callable
from datetime import date
from http import HTTPStatus
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_security import current_user

from clienteling.access.users import RoleName
from clienteling.catalogue.gtin import normal_gtin
from clienteling.catalogue.products import by_gtin, by_sku
from clienteling.customers import dates, intents, lists, notes, sizes, tags, wishes
from clienteling.customers.kept import ToldBy
from clienteling.customers.sensitive import hints
from clienteling.errors import RefusedError, UsageError
from clienteling.service.openings import Opening
from consent.office import Office
from web.context import current_hub
from web.languages import language
from web.limits import limited
from web.staff.customer import Refused, blueprint, opened, shown

__all__ = ["blueprint"]

_OFTEN = "60 per minute"


@blueprint.post("/<uuid:opening_id>/notes")
@limited(_OFTEN)
def add_note(opening_id: UUID) -> ResponseReturnValue:
    """Write a note; words that hint at what does not belong there are asked about once."""
    opening, text = opened(opening_id), _field("text")
    asked = _ask_first("note", text)
    if asked is not None:
        return _refuse(opening, asked)
    return _do(
        opening,
        "note",
        gettext("Write a note of at most 500 characters."),
        lambda: notes.add(_office(), opening.subject_id, text, author=opening.staff_id),
    )


@blueprint.post("/<uuid:opening_id>/tags")
@limited(_OFTEN)
def add_tag(opening_id: UUID) -> ResponseReturnValue:
    """Give a tag of the shop's list."""
    opening = opened(opening_id)
    return _do(
        opening,
        "tag",
        gettext("This is not on the shop’s list (any more). Choose another."),
        lambda: tags.add(_office(), opening.subject_id, _field("choice"), actor=opening.staff_id),
    )


@blueprint.post("/<uuid:opening_id>/sizes")
@limited(_OFTEN)
def add_size(opening_id: UUID) -> ResponseReturnValue:
    """Keep a size of a kind of the shop's list."""
    opening = opened(opening_id)
    return _do(
        opening,
        "size",
        gettext("Choose what it is the size of, and give it in at most 20 characters."),
        lambda: sizes.add(
            _office(),
            opening.subject_id,
            _field("choice"),
            _field("value"),
            actor=opening.staff_id,
        ),
    )


@blueprint.post("/<uuid:opening_id>/wishes")
@limited(_OFTEN)
def add_wish(opening_id: UUID) -> ResponseReturnValue:
    """Put a wish on the list: a product by its barcode or code, or the customer's words."""
    opening = opened(opening_id)
    what, product_id = _product(_field("what"))
    return _do(
        opening,
        "wish",
        gettext("Say what the customer wishes, in at most 120 characters."),
        lambda: wishes.add(
            _office(), opening.subject_id, what, actor=opening.staff_id, product_id=product_id
        ),
    )


@blueprint.post("/<uuid:opening_id>/intents")
@limited(_OFTEN)
def add_intent(opening_id: UUID) -> ResponseReturnValue:
    """Keep what the customer comes for, until midnight."""
    opening, what = opened(opening_id), _field("what")
    asked = _ask_first("intent", what)
    if asked is not None:
        return _refuse(opening, asked)
    return _do(
        opening,
        "intent",
        gettext("Say what the customer comes for, in at most 120 characters."),
        lambda: intents.add(
            _office(),
            opening.subject_id,
            what,
            actor=opening.staff_id,
            told_by=ToldBy.STAFF,
        ),
    )


@blueprint.post("/<uuid:opening_id>/dates")
@limited(_OFTEN)
def add_date(opening_id: UUID) -> ResponseReturnValue:
    """Keep a day of the year that the customer told."""
    opening = opened(opening_id)
    day = (_number("month"), _number("day"))
    return _do(
        opening,
        "date",
        gettext("Choose a day that exists, and say what it is in at most 40 characters."),
        lambda: dates.add(
            _office(), opening.subject_id, day, _field("what"), actor=opening.staff_id
        ),
    )


@blueprint.post("/<uuid:opening_id>/lists")
@limited(_OFTEN)
def put_on_list(opening_id: UUID) -> ResponseReturnValue:
    """Put the customer on one's own list, or the shop's."""
    opening, what = opened(opening_id), _field("what")
    sentence = gettext("Say what is to be done in at most 80 characters; by today or later.")
    asked = _ask_first("list", what)
    if asked is not None:
        return _refuse(opening, asked)
    try:
        due = date.fromisoformat(_field("due")) if _field("due") else None
    except ValueError:
        return _refuse(opening, Refused("list", sentence))
    return _do(
        opening,
        "list",
        sentence,
        lambda: lists.put_on(
            _office(),
            opening.subject_id,
            what,
            actor=opening.staff_id,
            for_all=_field("whose") == "store",
            due=due,
        ),
    )


@blueprint.post("/<uuid:opening_id>/remove")
@limited(_OFTEN)
def remove(opening_id: UUID) -> ResponseReturnValue:
    """Take one thing away. What is gone already is no fault."""
    opening, id_ = opened(opening_id), _field("id")
    kind, subject, who = _field("kind"), opening.subject_id, opening.staff_id
    is_manager = bool(current_user.has_role(RoleName.MANAGER.value))
    acts: dict[str, Callable[[], object]] = {
        "note": lambda: notes.remove(_office(), subject, id_, actor=who, is_manager=is_manager),
        "tag": lambda: tags.remove(_office(), subject, id_, actor=who),
        "size": lambda: sizes.remove(_office(), subject, id_, actor=who),
        "wish": lambda: wishes.remove(_office(), subject, id_, actor=who),
        "intent": lambda: intents.remove(_office(), subject, id_, actor=who),
        "date": lambda: dates.remove(_office(), subject, id_, actor=who),
        "list": lambda: lists.take_off(_office(), subject, id_, actor=who),
    }
    if kind not in acts:
        return _refuse(opening, Refused("", gettext("Choose what is to be removed.")))
    try:
        acts[kind]()
    except RefusedError:
        sentence = gettext("A colleague wrote this. Ask them, or a manager.")
        return _refuse(opening, Refused("", sentence), HTTPStatus.FORBIDDEN)
    return _back(opening, kind)


def _do(
    opening: Opening, form: str, sentence: str, act: Callable[[], object]
) -> ResponseReturnValue:
    """Carry an act out and show the page anew; or the same form again, with what was typed."""
    try:
        act()
    except UsageError as error:
        full = str(error).endswith("Remove one first.")
        told = gettext("So many are kept already. Remove one first.") if full else sentence
        return _refuse(opening, Refused(form, told))
    return _back(opening, form)


def _back(opening: Opening, section: str) -> ResponseReturnValue:
    return redirect(url_for("customer.page", opening_id=opening.id, _anchor=section), 303)


def _refuse(
    opening: Opening, refused: Refused, status: int = HTTPStatus.UNPROCESSABLE_ENTITY
) -> ResponseReturnValue:
    return shown(opening, refused), status


def _ask_first(form: str, text: str) -> Refused | None:
    """Return the question whether such words are needed, unless it was answered."""
    found = hints(text)
    if not found or _field("sure") == "yes":
        return None
    sentence = gettext(
        "Is this really needed? “%(words)s” hints at health, belief, origin or sex life. It will "
        "be in the customer’s export.",
        words="”, “".join(found),
    )
    return Refused(form, sentence, ask=True)


def _product(typed: str) -> tuple[str, str | None]:
    """Return the product's name and id where a barcode or a code of the shop was given."""
    try:
        gtin = normal_gtin(typed)
    except ValueError:
        gtin = ""
    with current_hub().databases.identity.read() as identity:
        found = (by_gtin(identity, gtin) if gtin else None) or by_sku(identity, typed)
    if found is None:
        return typed, None
    return found.named(language())[: wishes.LONGEST], found.id


def _field(name: str) -> str:
    return request.form.get(name, "").strip()


def _number(name: str) -> int:
    """Return a number that was chosen; 0, which is no day and no month, for anything else."""
    text = _field(name)
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 2 else 0  # noqa: PLR2004


def _office() -> Office:
    return current_hub().office
