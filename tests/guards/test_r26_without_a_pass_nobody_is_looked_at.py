"""R1 and R26 at the camera: without a pass nobody is looked at, and with one only its holder."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from camera.capture import Capture
from camera.codes import Shown
from camera.held import HeldPass, empty_gallery, sealed_pass
from camera.state import EdgeState, Moment
from camera.visitor import VisitorDecision
from clienteling.customers.templates import as_sealed
from clienteling.edge_protocol import EdgePolicy, OpenWindow, pass_info
from clienteling.recognition.engine import Engine
from clienteling.recognition.frames import Frame
from consent.keystore.holder import HolderSecret, binding_of, new_holder_secret, seal_for_holder
from consent.sealing import AssociatedData, hpke_wrap, new_device_keys
from tests.support.cameras import SIZE, Template
from tests.support.clips import PHOTOS, hold_up, picture
from tests.support.watching import CountingDetector

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
AAD = AssociatedData("t", "s", "subject", "recognise", "m", "c")
KEYS = new_device_keys()
HERE, STRANGER = "a3.jpg", "b1.jpg"


@dataclass
class Bench:
    """One camera under `pass` that holds two customers' templates, and what it did."""

    capture: Capture
    state: EdgeState
    engine: Engine
    detector: CountingDetector
    robin: HolderSecret
    shown: list[Shown]
    before: int

    def frames(self, name: str, begin: float, count: int, code: str = "") -> list[VisitorDecision]:
        image = picture((PHOTOS / name,), SIZE)
        if code:
            hold_up(image, code)
        decisions: list[VisitorDecision] = []
        for number in range(count):
            at = begin + number / 10
            decisions += self.capture.step(Frame(image.copy(), at, number))
        return decisions

    def window(self, at: float, **changes: object) -> OpenWindow:
        values: dict[str, Any] = {
            "camera": "door",
            "window_id": f"w{at}",
            "opened_at": NOW + timedelta(seconds=at),
            "expires_at": NOW + timedelta(seconds=at + 10),
            "alias": self.robin.alias,
        }
        return OpenWindow(**values | changes)

    @property
    def looked(self) -> tuple[int, int]:
        """Faces looked for, faces encoded."""
        return self.detector.calls, self.engine.encoder.meter.calls - self.before


@pytest.fixture
def bench(real_engine: Engine, edge_policy: EdgePolicy, template_of: Template) -> Bench:
    detector = CountingDetector(real_engine.detector)
    engine = replace(real_engine, detector=detector)
    state = EdgeState(engine)
    state.set_policy(edge_policy.model_copy(update={"policy": "pass"}))
    state.heard(NOW, Moment(0.0, NOW))
    robin, kim = new_holder_secret(), new_holder_secret()
    held = {
        holder.alias: HeldPass(
            holder.alias,
            engine.encoder.model_id,
            seal_for_holder(
                holder, as_sealed(template_of(*(PHOTOS / name for name in names))), AAD
            ),
            binding_of(AAD),
            len(names),
            0,
        )
        for holder, names in (
            (robin, (PHOTOS / "a1.jpg", PHOTOS / "a2.jpg")),
            (kim, (PHOTOS / "c1.jpg",)),
        )
    }
    gallery = empty_gallery(engine.encoder)
    assert state.install(gallery, 900.0, stopped=False, epoch=state.epoch, passes=held)
    shown: list[Shown] = []
    capture = Capture(
        engine,
        state,
        "door",
        on_shown=lambda one, _: shown.append(one),
        unseal=lambda window: sealed_pass(window, "device", KEYS),
    )
    before = real_engine.encoder.meter.calls
    return Bench(capture, state, engine, detector, robin, shown, before)


def lent(bench: Bench) -> int | None:
    """How many templates lie open at this moment."""
    with bench.state.gallery(1.0) as gallery:
        return None if gallery is None else len(gallery)


def test_r26_a_thousand_faces_without_a_pass_are_not_looked_at(bench: Bench) -> None:
    bench.capture.tick(0.0)
    assert bench.capture.wants_frames(0.0), "pictures are read for codes"
    assert bench.frames(HERE, 0.0, 1000) == []
    assert (bench.looked, bench.shown, lent(bench)) == ((0, 0), [], None)


def test_r26_showing_a_pass_alone_opens_nothing_before_the_hub_agreed(bench: Bench) -> None:
    bench.frames(HERE, 0.0, 20, bench.robin.text)
    assert bench.shown == [Shown(bench.robin.alias)]
    assert (bench.looked, lent(bench)) == ((0, 0), None)


def test_r26_with_the_pass_its_holder_is_recognised_and_only_one_template_lay_open(
    bench: Bench,
) -> None:
    """The same frames with the pass: so the tests above can fail."""
    bench.frames(HERE, 0.0, 5, bench.robin.text)
    assert bench.capture.open(bench.window(0.5), 0.5) == ()
    assert lent(bench) == 1
    [decision] = bench.frames(HERE, 0.6, 40)
    assert (decision.decision, decision.alias) == ("match", bench.robin.alias)
    detections, encodings = bench.looked
    assert 0 < encodings <= detections < 20
    assert lent(bench) is None, "it is closed with its window"


def test_r26_a_stolen_pass_is_of_no_use_to_another_face(bench: Bench) -> None:
    bench.frames(STRANGER, 0.0, 5, bench.robin.text)
    bench.capture.open(bench.window(0.5), 0.5)
    decisions = [*bench.frames(STRANGER, 0.6, 40), *bench.capture.tick(20.0)]
    assert [(one.decision, one.alias) for one in decisions] == [("unknown", None)]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda bench: bench.window(0.5),  # no pass was shown
        lambda bench: bench.window(0.5, alias=None),
        lambda bench: bench.window(0.5, alias=new_holder_secret().alias),
        lambda bench: bench.window(0.5, sealed_pass=b"\0" * 1200),
        lambda bench: bench.window(0.5, sealed_pass=sealed(bench, "another window")),
    ],
)
def test_r26_a_window_without_its_pass_looks_at_nobody(
    bench: Bench, spoil: Callable[[Bench], OpenWindow]
) -> None:
    [ended] = bench.capture.open(spoil(bench), 0.5)
    assert ended.decision == "none"
    bench.frames(HERE, 0.6, 40)
    assert (bench.looked, lent(bench)) == ((0, 0), None)


def sealed(bench: Bench, window_id: str) -> bytes:
    return hpke_wrap(KEYS.open_public, bench.robin.secret, pass_info("device", window_id))


def test_r26_a_pass_that_a_reader_read_comes_sealed_with_its_window(bench: Bench) -> None:
    bench.capture.open(bench.window(0.5, sealed_pass=sealed(bench, "w0.5")), 0.5)
    [decision] = bench.frames(HERE, 0.6, 40)
    assert decision.decision == "match"


@pytest.mark.parametrize("end", ["revoke", "stop", "lease"])
def test_r13_whoever_leaves_during_the_window_is_closed_at_once(bench: Bench, end: str) -> None:
    bench.frames(HERE, 0.0, 5, bench.robin.text)
    bench.capture.open(bench.window(0.5), 0.5)
    with bench.state.gallery(0.6) as gallery:
        assert gallery is not None
        matrix = gallery.matrix
    if end == "revoke":
        bench.state.revoke([bench.robin.alias])
    elif end == "stop":
        bench.state.set_stopped(True)
    else:
        assert bench.state.sweep(901.0)
    assert not np.any(matrix), "the template is overwritten"
    assert not bench.state.holds_pass(bench.robin.alias, 0.6)
    [ended] = bench.frames(HERE, 0.6, 10)
    assert (ended.decision, bench.looked[1]) == ("none", 0)
