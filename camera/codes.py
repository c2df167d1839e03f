"""Codes before the camera, while no window is open: the picture is read for QR codes only (R1).

A code that is held up counts once. It counts again when it was away for a while, so that a pass
lying on the counter does not make a camera that always looks.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from clienteling.recognition.codes import read_codes
from clienteling.recognition.frames import Frame
from consent.keystore.holder import HolderSecret

#: Seconds between two looks. Reading takes 2 to 5 ms of a picture of 1280 × 720 (decision 0146).
LOOK_SECONDS: Final = 0.1
#: So long a code must be out of view before it counts anew.
AWAY_SECONDS: Final = 2.0
#: Seconds between two codes that open nothing; whoever holds them up gets one message at a time.
BAD_SECONDS: Final = 4.0
#: So long a pass waits for its window; then it is forgotten.
PENDING_SECONDS: Final = 3.0


@dataclass(frozen=True, slots=True)
class Shown:
    """A code was held up. `alias`: it is a pass whose template this camera holds."""

    alias: str | None


class CodeLookout:
    """Looks for passes. Belongs to one thread and one source, but for `is_due`."""

    def __init__(self, is_held: Callable[[str, float], bool]) -> None:
        """Ask `is_held` whether a template of this alias is here and may be matched at a moment."""
        self._is_held = is_held
        self._salt = secrets.token_bytes(32)
        self._looked_at = -LOOK_SECONDS
        self._bad_at = -BAD_SECONDS
        self._seen: dict[bytes, float] = {}
        self._pending: tuple[HolderSecret, float] | None = None

    def is_due(self, at: float) -> bool:
        """Whether a picture taken now would be read."""
        return at - self._looked_at >= LOOK_SECONDS

    def look(self, frame: Frame) -> Shown | None:
        """Read a picture, and say what was held up, if that is news.

        1. Not more often than every `LOOK_SECONDS`.
        2. A code that is still in view, or was within `AWAY_SECONDS`, says nothing new.
        3. A pass whose template is held: it waits for its window, with its secret.
        4. Anything else opens nothing; that is said at most every `BAD_SECONDS`.
        """
        if not self.is_due(frame.at):
            return None
        self._looked_at = frame.at
        self._forget(frame.at)
        for text in read_codes(frame.image):
            if not self._is_news(text, frame.at):
                continue
            holder = HolderSecret.read(text)
            if holder is not None and self._is_held(holder.alias, frame.at):
                self._pending = (holder, frame.at)
                return Shown(holder.alias)
            if frame.at - self._bad_at >= BAD_SECONDS:
                self._bad_at = frame.at
                return Shown(None)
        return None

    def claim(self, alias: str, at: float) -> HolderSecret | None:
        """Hand over the pass that waits for this alias's window, and keep it no longer."""
        self._forget(at)
        pending, self._pending = self._pending, None
        return pending[0] if pending is not None and pending[0].alias == alias else None

    def clear(self) -> None:
        """Forget the pass that waits."""
        self._pending = None

    def _is_news(self, text: str, at: float) -> bool:
        # Not the text itself: somebody else's code is none of our business, a pass is a secret.
        mark = blake2b(text.encode(), key=self._salt, digest_size=16).digest()
        last = self._seen.get(mark)
        self._seen[mark] = at
        return last is None

    def _forget(self, at: float) -> None:
        self._seen = {mark: last for mark, last in self._seen.items() if at - last < AWAY_SECONDS}
        if self._pending is not None and at - self._pending[1] > PENDING_SECONDS:
            self._pending = None
