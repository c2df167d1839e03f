"""R31: prints and screens are not taken for a customer; the check is on unless visibly off."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from camera.config import make_config
from camera.pipeline import WindowPipeline
from camera.presence import CrowdPipeline
from camera.visitor import VisitorDecision
from camera.window import Window
from clienteling.config import RecognitionConfig
from clienteling.edge_protocol import EdgePolicy
from clienteling.recognition.engine import Engine, build_engine
from clienteling.recognition.frames import Frame
from clienteling.recognition.gallery import Gallery
from clienteling.recognition.liveness.settings import AttackSettings, build_checks
from clienteling.recognition.permit import for_files
from tests.support.attacks import shown
from tests.support.faces import photo


def _gallery(engine: Engine) -> Gallery:
    """The customer, enrolled from two other photographs than the one that is shown."""
    vectors = [
        engine.encoder.encode(for_files("test"), image, engine.detector.detect(image)[:1], 0.0)[0]
        for image in (photo("a1"), photo("a2"))
    ]
    mean = np.stack(vectors).mean(axis=0, keepdims=True)
    template = np.asarray(mean / np.linalg.norm(mean), np.float32)
    return Gallery(engine.encoder.model_id, 2, ("a",), template, 1)


def _decided(engine: Engine, policy: str, *, challenge: bool = False) -> list[VisitorDecision]:
    gallery = _gallery(engine)

    def lend(_: float) -> AbstractContextManager[Gallery | None]:
        return nullcontext(gallery)

    rules = EdgePolicy.model_validate(
        {
            "region": "us",
            "policy": policy,
            "model_id": engine.encoder.model_id,
            "live": False,
            "challenge": challenge,
        }
    )
    frames = [
        Frame(image.copy(), number / 10, number)
        for number, image in enumerate(shown(engine.detector, "print_close"))
    ]
    pipeline: WindowPipeline | CrowdPipeline
    if policy == "trigger":
        pipeline = WindowPipeline(engine, rules, lend)
        pipeline.open(Window("w1", 0.0, 10.0))
    else:
        pipeline = CrowdPipeline(engine, rules, lend, "test")
    decisions = [decision for frame in frames for decision in pipeline.step(frame)]
    return [*decisions, *pipeline.close(2.0)]


@pytest.mark.parametrize("policy", ["trigger", "ambient"])
def test_a_print_of_a_customer_is_a_spoof_and_names_nobody(
    real_engine: Engine, policy: str
) -> None:
    """Under what a camera is configured with when nobody says otherwise."""
    engine = replace(real_engine, liveness=build_checks(AttackSettings()))

    [decision] = _decided(engine, policy)

    assert (decision.decision, decision.alias) == ("spoof", None)


def test_without_the_check_the_same_print_would_be_greeted(real_engine: Engine) -> None:
    """So it is the check that refuses it, and not the quality gate or the threshold."""
    [decision] = _decided(replace(real_engine, liveness=None), "trigger")

    assert (decision.decision, decision.alias) == ("match", "a")


def test_a_challenge_that_nobody_answers_names_nobody(real_engine: Engine) -> None:
    """Where a shop asks for steps, a print cannot make them, even without the passive check."""
    [decision] = _decided(replace(real_engine, liveness=None), "trigger", challenge=True)

    assert (decision.decision, decision.alias) == ("unknown", None)


def test_the_check_is_on_unless_it_is_switched_off(tmp_path: Path) -> None:
    camera = make_config(source="0", hub="http://127.0.0.1:8080", state=tmp_path)
    for settings in (camera, RecognitionConfig(), AttackSettings()):
        checks = build_checks(settings)
        assert checks is not None
        assert checks.passive
        assert checks.level == "passive"
    engine = build_engine("sface")
    assert engine.liveness is not None
