"""What can be told, and all that is told of it: ids and counts, never anything of a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Event(StrEnum):
    """What happened. Names are stable: receivers go by them."""

    SALE_KEPT = "sale.kept"
    SALE_VOIDED = "sale.voided"
    ATTACHMENT_ENDED = "attachment.ended"
    PRODUCT_CHANGED = "product.changed"
    CATALOGUE_IMPORTED = "catalogue.imported"
    REQUEST_OPENED = "request.opened"
    REQUEST_SOLVED = "request.solved"
    RECOGNITION_STOPPED = "recognition.stopped"
    RECOGNITION_RESUMED = "recognition.resumed"
    #: A manager tries a webhook; nobody can ask for it otherwise.
    TEST = "webhook.test"


#: What a webhook can ask for.
OFFERED = tuple(event for event in Event if event is not Event.TEST)


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SaleData(_Data):
    """A sale that a till reported, after the till was answered."""

    number: str = Field(description="As the till gave it.")


class AttachmentData(_Data):
    """A customer is no longer attached to a till."""

    attachment: str = Field(description="The handle; good for nothing any more.")


class ProductData(_Data):
    """A product that somebody changed by hand."""

    product: str = Field(description="The hub's id of it.")
    gtin: str | None
    sku: str | None
    sold: bool = Field(description="False: it was archived.")


class ImportData(_Data):
    """A file of products that was imported, to its end."""

    added: int
    changed: int
    archived: int


class RequestData(_Data):
    """A service request; what it is about stands in the hub only."""

    request: str = Field(description="The hub's id of it.")


class NoData(_Data):
    """Nothing more is told."""


DATA: Mapping[Event, type[_Data]] = {
    Event.SALE_KEPT: SaleData,
    Event.SALE_VOIDED: SaleData,
    Event.ATTACHMENT_ENDED: AttachmentData,
    Event.PRODUCT_CHANGED: ProductData,
    Event.CATALOGUE_IMPORTED: ImportData,
    Event.REQUEST_OPENED: RequestData,
    Event.REQUEST_SOLVED: RequestData,
    Event.RECOGNITION_STOPPED: NoData,
    Event.RECOGNITION_RESUMED: NoData,
    Event.TEST: NoData,
}

#: For people who write a receiver, and for the OpenAPI document.
SUMMARIES: Mapping[Event, str] = {
    Event.SALE_KEPT: "A sale went into the history of a customer who wants that",
    Event.SALE_VOIDED: "A sale was taken out of the history that it was in",
    Event.ATTACHMENT_ENDED: "A customer is no longer attached to a till: drop what is shown",
    Event.PRODUCT_CHANGED: "A product was added, changed or archived by hand",
    Event.CATALOGUE_IMPORTED: "A file of products was imported",
    Event.REQUEST_OPENED: "A customer asked the shop to do something",
    Event.REQUEST_SOLVED: "What a customer asked for is done",
    Event.RECOGNITION_STOPPED: "All recognition was stopped in this shop",
    Event.RECOGNITION_RESUMED: "Recognition runs again",
    Event.TEST: "A manager tries this webhook",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What happened, and the data of its kind."""

    event: Event
    data: _Data

    def __post_init__(self) -> None:
        """Refuse data of another kind: a mistake of the caller."""
        if type(self.data) is not DATA[self.event]:
            raise TypeError(f"{self.event} is told with {DATA[self.event].__name__}.")
