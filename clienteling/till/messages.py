"""What tills and this hub say to each other: `/api/v1/till`, as the OpenAPI document has it."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from clienteling.catalogue.allergens import Allergen
from clienteling.catalogue.declarations import AllergenStatus
from clienteling.customers.profile import AllergyState
from clienteling.customers.purchases import MOST_LINES, MOST_PIECES
from clienteling.recognition.liveness.gesture import Step

_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
_Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
Handle = Annotated[str, StringConstraints(min_length=36, max_length=36)]


class Message(BaseModel):
    """Root: exact, and closed to what is not known."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Scan(Message):
    """Attach the customer whose code was scanned or typed."""

    code: Annotated[str, Field(min_length=4, max_length=254)] = Field(
        description="The code on a receipt, a pass or loyalty card, or a whole e-mail address or "
        "phone number. Of the last two, ask whether it is them, then confirm."
    )


class Search(Message):
    """Look for a customer who said their name."""

    name: Annotated[str, Field(min_length=2, max_length=80)]


class Candidate(Message):
    """Somebody whose name fits."""

    candidate: Handle = Field(description="Good for a minute, at this till.")
    name: str = Field(description="First name and initial, enough to ask.")


class Candidates(Message):
    """Who fits; with more than five, ask for more of the name."""

    candidates: tuple[Candidate, ...]
    more: bool


class Choice(Message):
    """Attach a candidate: the customer said that it is them."""

    candidate: Handle


class Attachment(Message):
    """A customer at this till, for at most ten minutes. It is no number of the customer."""

    attachment: Handle
    greeting: str = Field(description="How to greet them; may be printed on the receipt.")
    confirmed: bool = Field(
        description="The customer showed a code of theirs, or staff asked whether it is them. "
        "Only then are allergens warned of."
    )
    until: AwareDatetime


class Sent(Message):
    """A customer whom a colleague on the shop floor sent to this till."""

    attachment: Handle
    confirmed: bool = Field(description="The colleague asked whether it is them.")
    at: AwareDatetime = Field(description="When they were sent.")
    until: AwareDatetime


class SentHere(Message):
    """Everybody who was sent here and has not been released, the first first."""

    sent: tuple[Sent, ...]


class Identification(Message):
    """A question by face, and how far it is."""

    identification: Handle
    state: Literal[
        "challenge",
        "waiting",
        "attached",
        "nobody",
        "too_many",
        "not_alive",
        "stopped",
        "unavailable",
    ] = Field(
        description="`challenge`: the camera looks, have the customer make the steps. `waiting`: "
        "its word is on its way. The others are final: `nobody` was recognised or seen, `too_many` "
        "people stood there, `not_alive`: the steps were not made as asked."
    )
    steps: tuple[Step, ...] = Field(
        description="What the customer does before the camera, one after the other, looking ahead "
        "in between; left and right are the customer's own. Show or say them."
    )
    until: AwareDatetime = Field(description="When the camera stops looking.")
    attachment: Attachment | None = Field(
        default=None, description="Once `attached`; ask whether it is them, then confirm."
    )


class BasketLine(Message):
    """One line of a basket."""

    code: _Code = Field(description="Barcode (GTIN) or the shop's own code.")
    name: _Text = Field(description="As the receipt has it.")
    quantity: Annotated[int, Field(ge=-MOST_PIECES, le=MOST_PIECES)] = Field(
        default=1, description="Pieces; less than 0 is brought back."
    )
    price_cents: Annotated[int, Field(ge=0)] | None = Field(
        default=None, description="Of one piece, in hundredths of the shop's currency."
    )


_Lines = Annotated[tuple[BasketLine, ...], Field(min_length=1, max_length=MOST_LINES)]


class Basket(Message):
    """What is about to be sold."""

    lines: _Lines


class Warned(Message):
    """A line that the customer should hear about before it is sold."""

    line: int = Field(description="Its place in the basket, from 0.")
    allergen: Allergen
    allergen_name: str
    status: Literal[AllergenStatus.CONTAINED, AllergenStatus.TRACES, AllergenStatus.NOT_KNOWN]


class Checked(Message):
    """What to tell the customer. Allergies themselves are never handed out, only what they meet."""

    allergies: AllergyState
    warnings: tuple[Warned, ...]
    check_labels: bool = Field(
        description="The customer named something that is not among the fourteen allergens: no "
        "program can check it. Read the labels together."
    )
    unknown_lines: tuple[int, ...] = Field(description="Lines that are not in the catalogue.")
    say: str = Field(description="A sentence for the person at the till.")


class SaleDone(Message):
    """A sale that was completed."""

    number: _Code = Field(description="The till's own number of it; the same is the same sale.")
    at: AwareDatetime
    lines: _Lines
    attachment: Handle | None = None


class SaleVoided(Message):
    """A sale that is to be taken back as a whole."""

    number: _Code


class Kept(Message):
    """What came of it."""

    kept: bool = Field(description="Whether it is in a customer's history.")
    because: Literal["kept", "removed", "no_customer", "not_wanted", "not_known"]


class Problem(Message):
    """Why not (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    error: str = Field(description="As `title`; kept for older clients.")
    message: str = Field(description="As `detail`; kept for older clients.")
