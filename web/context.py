"""What every page works with, built once by `create_app`. No globals: the app carries it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import current_app

from clienteling.access.edges import NonceMemory
from clienteling.bus import Bus
from clienteling.catalogue.imports.desk import ImportDesk
from clienteling.catalogue.shelf import Shelf
from clienteling.customers.directory import Directory
from clienteling.edge_protocol import EdgePolicy
from clienteling.home import Home
from clienteling.recognition.engine import Engine
from clienteling.service.arrivals import ArrivalBoard
from clienteling.service.galleries import GalleryDesk
from clienteling.service.last_viewed import LastViewed
from clienteling.service.new_passes import NewPassDesk
from clienteling.service.openings import OpeningBook
from clienteling.service.passes import PassDesk
from clienteling.service.presses import PressDesk
from clienteling.service.readiness import ReadinessDesk
from clienteling.service.sightings import SightingDesk
from clienteling.service.signs import SignBook
from clienteling.service.smiles import SmileDesk
from clienteling.service.suggesting import SuggestionDesk
from clienteling.service.views import ViewBoard
from clienteling.service.watch import Watcher
from clienteling.service.windows import WindowBoard
from clienteling.till.desk import TillDesk
from clienteling.till.identifying import IdentifyingDesk
from clienteling.webhooks.courier import Courier
from consent.office import Office
from consent.region.policy import Papers
from consent.storage import Databases

EXTENSION = "clienteling"

#: Event streams that may be open at once; the server's other threads stay free for pages.
STREAMS = 32


@dataclass(frozen=True, slots=True)
class Hub:
    """The collaborators of the web pages.

    Attributes:
        home: The shop: configuration, databases, office.
        engine: Detector, encoder and calibration for enrolment here; None where there is no kiosk.
        policy: What cameras may do here; None: nothing, so no camera is served.
        board: Who has just been recognised.
        bus: Events to tablets ("tablets") and cameras: ids only.
        windows: What presses on "greet me" opened.
        signs: Which cameras may look, by the signs before them.
        presses: Opens them, for every entrance.
        passes: Checks passes that were shown, and opens windows for their holders.
        new_passes: The codes with which a new pass is made at the kiosk.
        smiles: The questions after a visit that wait for an answer.
        desk: Checks what edges send.
        nonces: Which signed requests were seen.
        galleries: Which galleries edges were sent.
        views: Blurred views of cameras that managers opened.
        watcher: Reacts to the log.
        till: Who stands at which till.
        identifying: Has a till's camera look for who asks for it there.
        openings: Which customers' pages are open for which member of staff.
        shelf: The shop's products, in memory.
        directory: Finds customers by name.
        suggestions: What would suit a confirmed customer.
        imports: The import of products that a manager works on.
        viewed: Whom each member of staff opened last today.
        readiness: What is missing of products and customers, counted for managers.
        courier: Brings events to the shop's other systems.
        streams: Places for open event streams.
    """

    home: Home
    engine: Engine | None
    policy: EdgePolicy | None
    board: ArrivalBoard
    bus: Bus
    windows: WindowBoard
    signs: SignBook
    presses: PressDesk
    passes: PassDesk
    new_passes: NewPassDesk
    smiles: SmileDesk
    desk: SightingDesk
    nonces: NonceMemory
    galleries: GalleryDesk
    views: ViewBoard
    watcher: Watcher
    till: TillDesk
    identifying: IdentifyingDesk
    openings: OpeningBook
    shelf: Shelf
    directory: Directory
    suggestions: SuggestionDesk
    imports: ImportDesk
    viewed: LastViewed
    readiness: ReadinessDesk
    courier: Courier
    streams: threading.BoundedSemaphore

    @property
    def office(self) -> Office:
        """The consent office of this shop."""
        return self.home.office

    @property
    def demo(self) -> bool:
        """Whether the shop or its papers are for show; every page says so then."""
        dpia = self.home.config.papers.dpia_id or ""
        return self.office.controller.demo or Papers(dpia_id=dpia).demo

    @property
    def databases(self) -> Databases:
        """The three databases."""
        return self.home.databases

    @property
    def now(self) -> Callable[[], datetime]:
        """The clock that everything here goes by."""
        return self.home.office.now


def current_hub() -> Hub:
    """Return the hub of the app that answers this request."""
    return cast(Hub, current_app.extensions[EXTENSION])
