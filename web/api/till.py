"""The till's API: attach a customer, check the basket, report a sale (docs/integrators/till.md).

No address carries anything of a person; a customer is known to a till by a handle that lives ten
minutes.
"""

from collections.abc import Callable

from flask import Blueprint, Response, request
from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session

from clienteling.catalogue.allergens import name as allergen_name
from clienteling.customers.profile import AllergyState
from clienteling.errors import UsageError
from clienteling.till import attaching
from clienteling.till.basket import BasketCheck, check_basket, products_of
from clienteling.till.desk import Attached
from clienteling.till.idempotency import Answered, Asked, once
from clienteling.till.messages import (
    Attachment,
    Basket,
    Candidate,
    Candidates,
    Checked,
    Choice,
    Kept,
    SaleDone,
    SaleVoided,
    Scan,
    Search,
    Sent,
    SentHere,
    Warned,
)
from clienteling.till.sales import Outcome, Reported, take_sale, tell_sale, void_sale
from web.api.operations import Operation, body_of, operation, reply
from web.context import current_hub
from web.guards import this_device
from web.languages import language
from web.limits import limited

blueprint = Blueprint("api_till", __name__, url_prefix="/api/v1/till")

_KEY = "Idempotency-Key"
_LONGEST_KEY = 255
_KEPT = {Outcome.KEPT: 201}


@blueprint.post("/attachments")
@limited("60 per minute")
@operation(
    Operation(
        "Attach a customer by a code of theirs",
        takes=Scan,
        answers={201: Attachment},
        refuses=(400, 401, 410, 429),
    )
)
def attach() -> Response:
    """Attach who shows the code of a receipt, or tells an e-mail address."""
    hub, till = current_hub(), this_device()
    asked = body_of(Scan)
    made = attaching.attach_by_code(
        hub.office, hub.till, asked.code.strip(), till=till.id, actor=till.actor
    )
    return reply(attachment_of(made), 201)


@blueprint.get("/attachments")
@limited("120 per minute", ("GET",))
@operation(
    Operation(
        "See whom colleagues on the shop floor sent here",
        answers={200: SentHere},
        refuses=(401, 429),
    )
)
def sent_here() -> Response:
    """Return handles only: who it is, each is asked by itself, and that read is logged."""
    return reply(
        SentHere(
            sent=tuple(
                Sent(attachment=one.id, confirmed=one.confirmed, at=one.at, until=one.until)
                for one in current_hub().till.sent_to(this_device().id)
            )
        )
    )


@blueprint.get("/attachments/<uuid:attachment>")
@limited("60 per minute", ("GET",))
@operation(
    Operation(
        "See how to greet who is attached",
        answers={200: Attachment},
        refuses=(401, 410, 429),
    )
)
def attached(attachment: object) -> Response:
    """Return an attachment of this till: the name of somebody whom a colleague sent."""
    hub, till = current_hub(), this_device()
    found = hub.till.get(str(attachment), till.id)
    return reply(_named(found, attaching.look(hub.office, found, actor=till.actor)))


@blueprint.post("/candidates")
@limited("20 per minute")
@operation(
    Operation(
        "Look for a customer who said their name",
        takes=Search,
        answers={200: Candidates},
        refuses=(400, 401, 429),
    )
)
def candidates() -> Response:
    """Return at most five names that fit, by first name and initial."""
    hub, till = current_hub(), this_device()
    found, more = attaching.offer_by_name(
        hub.office,
        hub.till,
        body_of(Search).name,
        hub.directory,
        till=till.id,
        actor=till.actor,
    )
    offered = tuple(Candidate(candidate=one.handle, name=one.name) for one in found)
    return reply(Candidates(candidates=offered, more=more))


@blueprint.post("/attachments/chosen")
@limited("60 per minute")
@operation(
    Operation(
        "Attach a candidate",
        takes=Choice,
        answers={201: Attachment},
        refuses=(400, 401, 410, 429),
    )
)
def choose() -> Response:
    """Attach somebody who was found by name; ask whether it is them, then confirm."""
    hub, till = current_hub(), this_device()
    made = attaching.choose(
        hub.office, hub.till, body_of(Choice).candidate, till=till.id, actor=till.actor
    )
    return reply(attachment_of(made), 201)


@blueprint.post("/attachments/<uuid:attachment>/confirm")
@operation(
    Operation(
        "Say that the customer was asked, and it is them",
        answers={200: Attachment},
        refuses=(401, 410),
    )
)
def confirm(attachment: object) -> Response:
    """Confirm: only now are allergens warned of (R32)."""
    return reply(attachment_of(current_hub().till.confirm(str(attachment), this_device().id)))


@blueprint.post("/attachments/<uuid:attachment>/deny")
@operation(
    Operation(
        "Say that the customer was asked, and it is not them",
        answers={204: None},
        refuses=(401,),
    )
)
def deny(attachment: object) -> Response:
    """Detach who was not the customer; where a camera was wrong, it becomes stricter."""
    hub, till = current_hub(), this_device()
    attaching.deny(hub.office, hub.till, str(attachment), till=till.id, actor=till.actor)
    return Response(status=204)


@blueprint.delete("/attachments/<uuid:attachment>")
@operation(Operation("Forget who was attached", answers={204: None}, refuses=(401,)))
def release(attachment: object) -> Response:
    """Detach a customer; nothing happens if that has ended."""
    current_hub().till.release(str(attachment), this_device().id)
    return Response(status=204)


@blueprint.post("/attachments/<uuid:attachment>/check")
@limited("240 per minute")
@operation(
    Operation(
        "Check a basket for what meets an allergy",
        takes=Basket,
        answers={200: Checked},
        refuses=(400, 401, 409, 410, 429),
    )
)
def check(attachment: object) -> Response:
    """Say which lines meet an allergy that the customer told this shop."""
    hub, till = current_hub(), this_device()
    customer = hub.till.get(str(attachment), till.id)
    lines = body_of(Basket).lines
    products = products_of([line.code for line in lines], hub.shelf.catalogue())
    found = check_basket(hub.office, customer, products, actor=till.actor)
    return reply(
        Checked(
            allergies=found.state,
            warnings=tuple(
                Warned(
                    line=one.line,
                    allergen=one.allergen,
                    allergen_name=allergen_name(one.allergen, language()),
                    status=one.status,  # type: ignore[arg-type]  # never `free`
                )
                for one in found.meetings
            ),
            check_labels=found.own_words,
            unknown_lines=found.unknown,
            say=_sentence(found),
        )
    )


@blueprint.post("/sales")
@operation(
    Operation(
        "Report a completed sale",
        takes=SaleDone,
        answers={200: Kept, 201: Kept},
        refuses=(400, 401, 409, 410, 422),
        idempotent=True,
    )
)
def sale() -> Response:
    """Bring a sale into the history of the customer attached, if the customer wants that."""
    hub, till = current_hub(), this_device()
    done = body_of(SaleDone)

    def act() -> Answered:
        customer = None if done.attachment is None else hub.till.get(done.attachment, till.id)
        products = products_of([line.code for line in done.lines], hub.shelf.catalogue())
        outcome = take_sale(hub.office, Reported(done, products), customer, actor=till.actor)
        return _kept(outcome)

    return _once(act, done.number)


@blueprint.post("/sales/void")
@operation(
    Operation(
        "Take a whole sale back",
        takes=SaleVoided,
        answers={200: Kept},
        refuses=(400, 401, 409, 422),
        idempotent=True,
    )
)
def void() -> Response:
    """Take a sale out of the history that it is in, whoever's that is."""
    hub, till = current_hub(), this_device()
    number = body_of(SaleVoided).number
    return _once(lambda: _kept(void_sale(hub.office, number, actor=till.actor)), number)


def _once(act: Callable[[], Answered], number: str) -> Response:
    key = request.headers.get(_KEY, "").strip()
    if not 0 < len(key) <= _LONGEST_KEY:
        raise UsageError(f"Send a header {_KEY} with a random value of at most {_LONGEST_KEY}.")
    sent = b"\0".join((request.method.encode(), request.path.encode(), request.get_data()))
    office = current_hub().office

    def told(identity: Session, answered: Answered) -> None:
        tell_sale(identity, office, Outcome(answered.body["because"]), number)

    answered, before = once(office, Asked(this_device().id, key, sent), act, also=told)
    response = reply(Kept.model_validate(answered.body), answered.status)
    if before:
        response.headers["Idempotent-Replayed"] = "true"
    return response


def _kept(outcome: Outcome) -> Answered:
    kept = Kept(kept=outcome is Outcome.KEPT, because=outcome.value)
    return Answered(_KEPT.get(outcome, 200), kept.model_dump(mode="json"))


def attachment_of(made: Attached) -> Attachment:
    """Return what the till hears of a customer; that they were attached is in the log."""
    return _named(made, attaching.greeting(current_hub().office, made))


def _named(made: Attached, greeting: str) -> Attachment:
    return Attachment(
        attachment=made.id,
        greeting=greeting,
        confirmed=made.confirmed,
        until=made.until,
    )


def _sentence(found: BasketCheck) -> str:
    """Return what to tell the customer."""
    if found.state is AllergyState.NOT_SHARED:
        return gettext("This customer shares no allergies with us. Ask, if it matters.")
    if found.state is AllergyState.NOT_RECORDED:
        return gettext("No allergies are recorded. Ask, if it matters.")
    lines = len({one.line for one in found.meetings})
    if lines:
        return ngettext(
            "Wait: %(num)s line meets an allergy. Tell the customer before you sell it.",
            "Wait: %(num)s lines meet an allergy. Tell the customer before you sell them.",
            lines,
        )
    if found.own_words:
        return gettext("Nothing that we can check. Read the labels together.")
    if found.state is AllergyState.NONE_KNOWN:
        return gettext("The customer said that no allergies are known.")
    return gettext("Nothing in the basket is known to meet an allergy.")
