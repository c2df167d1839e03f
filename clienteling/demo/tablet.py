"""A member of staff's tablet without a screen: the real event stream and the real card."""

import re
import threading
import time
from dataclasses import dataclass, field
from html import unescape

import httpx
from httpx_sse import connect_sse

from clienteling.demo.browser import Browser

_TAGS = re.compile(r"<[^>]+>")


@dataclass(slots=True)
class Shown:
    """One arrival as the tablet got it. `at`: monotonic seconds when the card was there."""

    arrival_id: str
    at: float
    card: str
    gone: float | None = None
    confirmed_card: str | None = None


@dataclass(slots=True)
class Tablet:
    """Listens to arrivals and opens each card; thread-safe through its lock."""

    browser: Browser
    shown: list[Shown] = field(default_factory=list)
    repeated: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    stopping: threading.Event = field(default_factory=threading.Event)
    listening: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Listen in a thread until `stop`."""
        threading.Thread(target=self._listen, daemon=True).start()
        self.listening.wait(10)

    def stop(self) -> None:
        """Stop listening."""
        self.stopping.set()

    def texts(self) -> list[str]:
        """Return the text of every card shown so far."""
        with self.lock:
            return [shown.card for shown in self.shown]

    def since(self, moment: float) -> list[Shown]:
        """Return the arrivals shown after a moment."""
        with self.lock:
            return [shown for shown in self.shown if shown.at >= moment]

    def confirm(self, shown: Shown) -> str:
        """Confirm the person and return the card's text with the allergies open."""
        self.browser.post(f"/staff/arrivals/{shown.arrival_id}/confirm", page="/staff")
        shown.confirmed_card = self._card(shown.arrival_id)
        return shown.confirmed_card

    def _listen(self) -> None:
        while not self.stopping.is_set():
            try:
                stream = self.browser.http
                with connect_sse(
                    stream, "GET", "/staff/events", timeout=httpx.Timeout(10, read=30)
                ) as source:
                    self.listening.set()
                    for event in source.iter_sse():
                        if self.stopping.is_set():
                            return
                        self._take(event.event, event.json() if event.data else {})
            except httpx.HTTPError:
                self.stopping.wait(0.5)

    def _take(self, name: str, data: dict[str, str]) -> None:
        arrival_id = data.get("arrival_id", "")
        if name == "arrival":
            card = self._card(arrival_id)
            with self.lock:
                known = any(shown.arrival_id == arrival_id for shown in self.shown)
                self.repeated += known
                if not known:
                    self.shown.append(Shown(arrival_id, time.monotonic(), card))
        elif name == "gone":
            with self.lock:
                for shown in self.shown:
                    if shown.arrival_id == arrival_id:
                        shown.gone = time.monotonic()

    def _card(self, arrival_id: str) -> str:
        return text_of(self.browser.page(f"/staff/arrivals/{arrival_id}/card"))


def text_of(page: str) -> str:
    """Return what a page says, without its markup."""
    return " ".join(unescape(_TAGS.sub(" ", page)).split())
