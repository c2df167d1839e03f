"""A pass that was shown: checked here, and a window opened for its holder and nobody else (R26).

A camera tells the alias that it derived; a reader elsewhere posts the code itself, which is sealed
to the camera and not kept. Without a valid pass no window opens, and so nothing is encoded (R1).
"""

import threading
from collections import deque
from typing import Final

from clienteling.access.devices import PairedDevice, live_edges, public_key
from clienteling.customers.passes import is_valid_pass
from clienteling.edge_protocol import PASS_SECONDS, EdgePolicy, PassShown, pass_info
from clienteling.service.figures import Figure, count
from clienteling.service.presses import PressDesk
from clienteling.service.windows import Outcome, Window, WindowBoard
from consent.keystore.holder import HolderSecret
from consent.office import Office
from consent.sealing import hpke_wrap

_REMEMBERED: Final = 1000


class PassDesk:
    """Opens windows by pass for one shop's cameras. May be called from any thread."""

    def __init__(
        self, office: Office, policy: EdgePolicy | None, windows: WindowBoard, presses: PressDesk
    ) -> None:
        """Work on these; `policy` is what cameras may do here."""
        self._office = office
        self._policy = policy
        self._windows = windows
        self._presses = presses
        self._seen: deque[str] = deque(maxlen=_REMEMBERED)
        self._lock = threading.Lock()

    def show(self, device: PairedDevice, shown: PassShown) -> Window | Outcome | None:
        """Take what a camera says of a code before it. None: it is not taken, and nobody is told.

        1. It is of this device's own camera, under the policy `pass`.
        2. It is news: not sent again, and a few seconds old at most.
        3. A window that is open already stands.
        4. The pass is valid here; see `_ask`.
        """
        age = abs((self._office.now() - shown.shown_at).total_seconds())
        with self._lock:
            is_news = shown.shown_id not in self._seen
            self._seen.append(shown.shown_id)
        if not self._is_by_pass() or shown.camera != device.camera:
            return None
        if not is_news or age > PASS_SECONDS:
            return None
        return self._windows.standing(shown.camera) or self._ask(shown.camera, shown.alias)

    def read(self, camera: str, text: str) -> Window | Outcome:
        """Take a code that a reader beside this camera has read; its secret goes to the camera."""
        if not self._is_by_pass():
            return Outcome.NO_BUTTON
        holder = HolderSecret.read(text)
        standing = self._windows.standing(camera)
        if standing is not None:
            return standing
        return self._ask(camera, None if holder is None else holder.alias, holder)

    def _ask(
        self, camera: str, alias: str | None, holder: HolderSecret | None = None
    ) -> Window | Outcome:
        """Open a window for a valid pass; whatever comes of it, the display can say it.

        Its template is here, and the consent that it was made under stands. A pass of another
        shop, one that was renewed, one whose consent ended and what is no pass are all the same.
        """
        away = self._presses.unavailable(camera)
        if away is not None:
            return away
        with self._office.databases.identity.read() as identity:
            is_valid = alias is not None and is_valid_pass(identity, self._office, alias)
            edges = live_edges(identity, camera)
        if alias is None or not is_valid:
            with self._office.databases.identity.write() as identity:
                count(identity, Figure.PASS_REFUSED, self._office.now())
            self._windows.refuse(camera, Outcome.UNKNOWN_PASS)
            return Outcome.UNKNOWN_PASS

        def sealed(window: Window) -> bytes:
            assert holder is not None
            device = edges[0]
            info = pass_info(device.id, window.id)
            return hpke_wrap(public_key(device.open_public), holder.secret, info)

        opened = self._presses.open(camera, alias, sealed if holder is not None else None)
        if opened is Outcome.BUSY:
            self._windows.refuse(camera, Outcome.BUSY)
        return opened

    def _is_by_pass(self) -> bool:
        return self._policy is not None and self._policy.policy == "pass"
