"""State, checkpoints and the camera's folder, without a hub."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from camera.checkpoints import break_of, read_checkpoint
from camera.device import DeviceFolder
from camera.state import EdgeState, Moment
from clienteling.edge_protocol import EdgePolicy, PairReply, WireError, Zone
from clienteling.errors import StartError
from clienteling.recognition.engine import Engine
from clienteling.recognition.gallery import Gallery
from consent.log.notes import Checkpoint
from consent.sealing import new_device_keys
from tests.support.hub_simulator import random_template
from tests.support.simulated_log import SimulatedLog

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


LOG, OTHER_LOG = SimulatedLog(), SimulatedLog()


def at(size: int, log: SimulatedLog = LOG, *, rewritten: bool = False) -> Checkpoint:
    return read_checkpoint(log.checkpoint(size, rewritten=rewritten))


@pytest.mark.parametrize(
    ("held", "offered", "proof", "why"),
    [
        (None, at(5), None, None),
        (at(5), at(5), None, None),
        (at(5), at(9), LOG.proof(5, 9), None),
        (at(3), at(9, rewritten=True), LOG.proof(3, 9, rewritten=True), None),
        (at(5), at(4), None, "log_rolled_back"),
        (at(5), at(6, OTHER_LOG), None, "log_rolled_back"),
        (at(5), at(5, rewritten=True), None, "log_unproven"),
        (at(5), at(5, rewritten=True), (), "log_unproven"),
        (at(5), at(9), None, "log_unproven"),
        (at(5), at(9), (), "log_unproven"),
        (at(5), at(9), LOG.proof(4, 9), "log_unproven"),
        (at(5), at(9, rewritten=True), LOG.proof(5, 9, rewritten=True), "log_unproven"),
    ],
)
def test_a_log_only_grows_and_proves_it(
    held: Checkpoint | None,
    offered: Checkpoint,
    proof: tuple[bytes, ...] | None,
    why: str | None,
) -> None:
    assert break_of(held, offered, proof, "") == why


def test_a_log_is_signed_by_the_key_that_pairing_gave() -> None:
    assert break_of(None, at(5), None, LOG.verifier_key) is None
    assert break_of(None, at(5), None, OTHER_LOG.verifier_key) == "log_unproven"
    forged = at(9).note.replace("\n9\n", "\n8\n")
    why = break_of(None, read_checkpoint(forged), None, LOG.verifier_key)
    assert why == "log_unproven"


@pytest.mark.parametrize("text", ["", "origin\nmany\nroot\n\n", "origin\n5\nroot"])
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(WireError):
        read_checkpoint(text)


class TestState:
    @pytest.fixture
    def gallery(self, engine: Engine) -> Gallery:
        rows = np.stack([random_template(), random_template()])
        return Gallery(engine.encoder.model_id, 7, ("a", "b"), rows, 1)

    @pytest.fixture
    def state(self, engine: Engine, policy: EdgePolicy, gallery: Gallery) -> EdgeState:
        state = EdgeState(engine)
        state.set_policy(policy)
        state.heard(NOW, Moment(0.0, NOW))
        assert state.install(gallery, 100.0, stopped=False, epoch=state.epoch)
        assert state.matching(1.0) == "matching"
        return state

    def test_a_new_camera_does_not_match(self, engine: Engine) -> None:
        assert EdgeState(engine).matching(0.0) == "no_policy"

    def test_the_lease_ends_to_the_moment(self, state: EdgeState, gallery: Gallery) -> None:
        assert state.matching(99.9) == "matching"
        assert state.matching(100.0) == "lease_out"
        with state.gallery(100.0) as lent:
            assert lent is None
        assert state.sweep(100.0)
        assert not gallery.matrix.any()

    def test_a_revoked_template_is_overwritten(self, state: EdgeState, gallery: Gallery) -> None:
        state.revoke(["a", "never-heard-of"])
        assert not gallery.matrix.any()
        with state.gallery(1.0) as lent:
            assert lent is not None
            assert lent.aliases == ("b",)

    @pytest.mark.parametrize("told", ["revoke", "stop"])
    def test_an_answer_older_than_a_revocation_is_not_taken(
        self, state: EdgeState, engine: Engine, told: str
    ) -> None:
        """The question was asked, then the hub said "forget", then the old answer came."""
        asked = state.epoch
        late = Gallery(engine.encoder.model_id, 7, ("a",), random_template()[None].copy(), 1)
        if told == "revoke":
            state.revoke(["a"])
        else:
            state.set_stopped(True)
        assert not state.install(late, 100.0, stopped=False, epoch=asked)
        assert not late.matrix.any()
        with state.gallery(1.0) as lent:
            assert lent is None or "a" not in lent.aliases

    def test_a_clock_that_differs_by_more_than_half_a_minute_is_off(self, state: EdgeState) -> None:
        state.heard(NOW + timedelta(seconds=29), Moment(1.0, NOW))
        assert state.matching(1.0) == "matching"
        state.heard(NOW - timedelta(seconds=31), Moment(1.0, NOW))
        assert state.matching(1.0) == "clock_off"

    @pytest.mark.parametrize(
        ("change", "answer"),
        [
            ({"policy": "pass"}, "matching"),
            ({"policy": "pass", "live": False}, "no_policy"),
            ({"live": False}, "no_policy"),
            ({"policy": "ambient", "live": False}, "no_policy"),
            ({"policy": "zone"}, "no_lane"),  # the whole picture is no marked lane
            ({"policy": "zone", "zone": Zone(w=0.5)}, "matching"),
            ({"policy": "ambient"}, "matching"),
        ],
    )
    def test_what_a_policy_lets_a_live_camera_do(
        self, state: EdgeState, policy: EdgePolicy, change: dict[str, object], answer: str
    ) -> None:
        state.set_policy(policy.model_copy(update=change))
        assert state.matching(1.0) == answer

    def test_the_hubs_time_goes_on_between_answers(self, state: EdgeState) -> None:
        state.heard(NOW, Moment(50.0, NOW))
        assert state.hub_now(52.5) == NOW + timedelta(seconds=2.5)


class TestFolder:
    def reply(self, policy: EdgePolicy) -> PairReply:
        return PairReply(
            device_id="d1",
            camera="entrance",
            tenant="default",
            store="demo",
            policy=policy,
            hub_time=NOW,
        )

    def test_identity_and_keys_come_back(self, tmp_path: Path, policy: EdgePolicy) -> None:
        folder, keys = DeviceFolder(tmp_path / "state"), new_device_keys()
        assert folder.identity() is None
        saved = folder.save(self.reply(policy), "http://localhost", keys)
        assert folder.identity() == saved
        assert folder.keys().dump() == keys.dump()

    def test_keys_that_others_can_read_are_refused(
        self, tmp_path: Path, policy: EdgePolicy
    ) -> None:
        folder = DeviceFolder(tmp_path)
        folder.save(self.reply(policy), "http://localhost", new_device_keys())
        (tmp_path / "device.key").chmod(0o644)
        with pytest.raises(StartError, match="chmod 600"):
            folder.keys()

    @pytest.mark.parametrize("name", ["device.json", "device.key"])
    def test_a_damaged_identity_is_a_sentence(
        self, tmp_path: Path, policy: EdgePolicy, name: str
    ) -> None:
        folder = DeviceFolder(tmp_path)
        folder.save(self.reply(policy), "http://localhost", new_device_keys())
        (tmp_path / name).write_bytes(b"x")
        read = folder.identity if name == "device.json" else folder.keys
        with pytest.raises(StartError, match="pair it again"):
            read()
