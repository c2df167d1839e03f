"""What the hub is told of a decision: an alias that was seen, how a window ended, and no more.

Of somebody who was not recognised and opened no window, the hub is told nothing: that person is
counted here, and the counter goes out with the camera's health (R4).
"""

import secrets
from collections.abc import Callable, Iterator
from datetime import datetime

from camera.codes import Shown
from camera.state import EdgeState
from camera.visitor import VisitorDecision
from clienteling.edge_protocol import Ground, PassShown, Sighting, WindowClosed

_GROUND: dict[str, Ground] = {"zone": "zone", "ambient": "ambient"}


class Teller:
    """Writes the messages of one camera; its numbers rise, also over a restart (R48)."""

    def __init__(self, state: EdgeState, camera: str, now: Callable[[], datetime]) -> None:
        self._state = state
        self._camera = camera
        self._now = now
        self._sequence = 0

    def messages(self, decision: VisitorDecision) -> Iterator[Sighting | WindowClosed]:
        """Yield what is to be told, in this order."""
        window_id = decision.window_id
        if decision.alias is not None:
            yield from self._sighting(decision, decision.alias)
        if window_id is not None:
            yield WindowClosed(
                window_id=window_id, decision=decision.decision, frames=decision.frames
            )

    def shown(self, shown: Shown, at: float) -> Iterator[PassShown]:
        """Yield that a code was held up: which template it opens, or that it opens none."""
        shown_at = self._state.hub_now(at)
        if shown_at is not None:
            yield PassShown(
                shown_id=secrets.token_hex(16),
                camera=self._camera,
                alias=shown.alias,
                shown_at=shown_at,
            )

    def _sighting(self, decision: VisitorDecision, alias: str) -> Iterator[Sighting]:
        captured, version = self._state.hub_now(decision.t), self._state.version
        policy = self._state.policy
        ground = "window" if decision.window_id else _GROUND.get(policy.policy if policy else "")
        if captured is None or version is None or ground is None:
            return
        self._sequence = max(self._sequence + 1, int(self._now().timestamp() * 1000))
        yield Sighting(
            ground=ground,
            window_id=decision.window_id,
            alias=alias,
            gallery_version=version,
            camera=self._camera,
            score=min(1.0, max(-1.0, decision.score)),
            frames=decision.frames,
            captured_at=captured,
            sequence=self._sequence,
            nonce=secrets.token_bytes(16),
        )
