"""`clienteling demo --check`: the main job, from camera to card, over the real interfaces."""

import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from clienteling.access.devices import DeviceKind
from clienteling.catalogue import allergens
from clienteling.catalogue.allergens import Allergen
from clienteling.demo.browser import Browser
from clienteling.demo.card import card_problems
from clienteling.demo.leave import withdraw_by_code
from clienteling.demo.proof import log_holds_and_tells
from clienteling.demo.script import Clip, Visit, load_shop
from clienteling.demo.shop import CAMERA, pairing_code, product_rows
from clienteling.demo.stage import ClipClock, Shop, Stage
from clienteling.demo.tablet import Tablet

Say = Callable[[str], None]

#: What the greeting display says, and which decision of the camera that means.
_DECISIONS = {"coming": "match", "unknown": "unknown", "several": "abort", "nobody": "nobody"}
_DECIDED_WITHIN = 12.0


@dataclass(slots=True)
class Report:
    """What the check found; `as_json` is its last line."""

    enrolled: int = 0
    recognised: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    independent_matches: int = 0
    cards_that_tell_all: int = 0
    strangers_seen: int = 0
    strangers_recognised: int = 0
    recognised_after_withdrawal: int = 0
    others_still_recognised: bool = False
    encoder_calls_without_permit: int | None = None
    seconds: list[float] = field(default_factory=list)
    log_verified: bool = False
    problems: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether all holds; anything not measured counts as failed."""
        return (
            not self.problems
            and self.enrolled > 0
            and sorted(self.recognised) == sorted(self.expected)
            and self.independent_matches >= 1
            and self.cards_that_tell_all >= 1
            and self.strangers_seen >= 2  # noqa: PLR2004  (two strangers press in the clip)
            and self.strangers_recognised == 0
            and self.recognised_after_withdrawal == 0
            and self.others_still_recognised
            and self.encoder_calls_without_permit == 0
            and bool(self.seconds)
            and self.log_verified
        )

    def as_json(self) -> dict[str, Any]:
        """Return the one object of the last line."""
        values = asdict(self)
        seconds = values.pop("seconds")
        return {
            "ok": self.ok,
            **values,
            "seconds_face_to_card": {
                "p50": round(statistics.median(seconds), 3) if seconds else None,
                "p95": round(_percentile(seconds, 0.95), 3) if seconds else None,
            },
        }

    def as_text(self) -> str:
        """Return the report for people."""
        lines = [f"  {key:30}{value}" for key, value in self.as_json().items()]
        return "\n".join(["The main job " + ("holds." if self.ok else "FAILS."), *lines])


def _percentile(values: list[float], share: float) -> float:
    """Return the nearest-rank percentile."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def check(stage: Stage, clip: Clip, folder: Path, say: Say) -> Report:
    """Play the clip to the real camera service and compare what comes of each visit."""
    report = Report()
    shop = stage.open_shop()
    report.enrolled = sum(1 for person in shop.people.values() if person.templates)
    path = stage.make_clip(clip)
    tablet, display, kiosk = _screens(stage, shop)
    try:
        tablet.start()
        camera = stage.start_camera(shop.home, str(path), loop=False)
        camera.wait_for("started")
        clock = ClipClock(threading.Event())
        _Play(stage, shop, clip, report, tablet, display, kiosk, say).run(clock)
        report.encoder_calls_without_permit = _encoder_calls(display, without_permit=True)
    finally:
        tablet.stop()
        for browser in (display, kiosk, tablet.browser):
            browser.close()
    say("Verifying the log …")
    report.log_verified = log_holds_and_tells(shop.home, stage.edge_checkpoint, folder)
    return report


def _screens(stage: Stage, shop: Shop) -> tuple[Tablet, Browser, Browser]:
    tablet, display, kiosk = (Browser(stage.address) for _ in range(3))
    tablet.pair(pairing_code(shop.home, DeviceKind.TABLET, "check tablet"))
    anna = shop.login("anna")
    tablet.sign_in(anna.username, anna.password)
    display.pair(pairing_code(shop.home, DeviceKind.GREET, "check display"))
    kiosk.pair(pairing_code(shop.home, DeviceKind.KIOSK, "check kiosk"))
    return Tablet(tablet), display, kiosk


def _encoder_calls(browser: Browser, *, without_permit: bool = False) -> int:
    key = "encoder_calls_without_permit" if without_permit else "encoder_calls"
    return sum(int(camera[key]) for camera in browser.json("/health")["cameras"])


@dataclass(slots=True)
class _Play:
    """Walks through the clip's visits in real time."""

    stage: Stage
    shop: Shop
    clip: Clip
    report: Report
    tablet: Tablet
    display: Browser
    kiosk: Browser
    say: Say
    withdrawn: set[str] = field(default_factory=set)

    def run(self, clock: ClipClock) -> None:
        moments: list[tuple[float, Callable[[], None]]] = [
            (withdrawal.at, lambda key=withdrawal.person: self._withdraw(key))  # type: ignore[misc]
            for withdrawal in self.clip.withdrawal
        ]
        for visit in self.clip.visit:
            at = visit.start if visit.press is None else visit.press
            moments.append((at, lambda visit=visit: self._visit(visit, clock)))  # type: ignore[misc]
        for at, act in sorted(moments, key=lambda moment: moment[0]):
            clock.sleep_until(at)
            self.stage.watch()
            act()

    def _visit(self, visit: Visit, clock: ClipClock) -> None:
        began = time.monotonic()
        calls = _encoder_calls(self.display)
        if visit.press is None:
            clock.sleep_until(visit.end)
            decision = "none" if _encoder_calls(self.display) == calls else "encoded"
        else:
            decision = self._press()
        self.say(f"  {visit.start:5.1f} s  {'+'.join(visit.person):4} {decision}")
        if decision != visit.expected:
            self.report.problems.append(
                f"visit at {visit.start} s: {decision} instead of {visit.expected}"
            )
        self._count(visit, decision, began)

    def _press(self) -> str:
        page = f"/greet/{CAMERA}"
        window = self.display.post(page, page=page)["window_id"]
        end = time.monotonic() + _DECIDED_WITHIN
        while time.monotonic() < end:
            outcome: str = self.display.json(f"{page}/windows/{window}")["outcome"]
            if outcome != "looking":
                return _DECISIONS.get(outcome, outcome)
            time.sleep(0.05)
        return "undecided"

    def _count(self, visit: Visit, decision: str, began: float) -> None:
        enrolled = set(visit.person) & set(self.shop.people) - self.withdrawn
        if decision == "unknown" and not set(visit.person) & set(self.shop.people):
            self.report.strangers_seen += 1
        if visit.expected == "match" and len(visit.person) == 1:
            self.report.expected.append(self.shop.people[visit.person[0]].customer)
        for shown in self._cards(began, expected=decision == "match"):
            self._judge(visit, shown.card, enrolled)
            self.report.seconds.append(shown.at - began)
            if enrolled:
                self._confirm(visit, shown)

    def _cards(self, began: float, *, expected: bool) -> list[Any]:
        """Return the cards of this visit; wait a moment for the one that must come."""
        end = time.monotonic() + (5.0 if expected else 0.5)
        while time.monotonic() < end and not (expected and self.tablet.since(began)):
            time.sleep(0.05)
        return self.tablet.since(began)

    def _judge(self, visit: Visit, card: str, enrolled: set[str]) -> None:
        names = {person.key: person.name for person in load_shop().person}
        for key, name in names.items():
            if name not in card:
                continue
            self.report.recognised.append(self.shop.people[key].customer)
            self.report.independent_matches += visit.independent and key in visit.person
            self.report.recognised_after_withdrawal += key in self.withdrawn
            self.report.strangers_recognised += key not in enrolled
            if self.withdrawn and key in enrolled:
                self.report.others_still_recognised = True
            return
        self.report.problems.append(f"visit at {visit.start} s: a card without a known name")

    def _confirm(self, visit: Visit, shown: Any) -> None:
        """Allergies stand on the card after the confirmation, and not before (R32)."""
        person = next(p for p in load_shop().person if p.key == visit.person[0])
        before = shown.card.casefold()
        after = self.tablet.confirm(shown).casefold()
        words = [allergens.name(Allergen(code), "en").casefold() for code in person.allergies]
        words = words or ["no allergies known"]
        if any(word in before for word in words):
            self.report.problems.append(f"visit at {visit.start} s: allergies before confirmation")
        if not all(word in after for word in words):
            self.report.problems.append(f"visit at {visit.start} s: allergies missing on the card")
        wrong = list(card_problems(person, after, product_rows(self.shop.home.office.now().date())))
        self.report.problems += [f"visit at {visit.start} s: {what}" for what in wrong]
        self.report.cards_that_tell_all += person.story is not None and not wrong

    def _withdraw(self, key: str) -> None:
        code = self.shop.people[key].code
        if code is None:
            self.report.problems.append("the receipt carries no code to withdraw with")
            return
        withdraw_by_code(self.kiosk, code)
        self.withdrawn.add(key)
        self.say(f"         {key} withdrew at the kiosk, with the code on the receipt")
