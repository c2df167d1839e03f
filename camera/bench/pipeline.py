"""Our pipeline beside the plain `face_recognition` loop: the same frames, in one run."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median
from typing import Final

import numpy as np

from camera.bench.gallery import Crowd, ambient, enrol, find_crowd, lend, read_frames, strangers
from camera.presence import SAME_VISIT_SECONDS, CrowdPipeline
from camera.visitor import VisitorDecision
from clienteling.evaluation.reference import Encodings, Reference
from clienteling.recognition.encode import EncoderMeter
from clienteling.recognition.engine import Engine
from clienteling.recognition.frames import Frame, Image
from clienteling.recognition.gallery import Gallery
from clienteling.recognition.permit import for_files

#: Clip seconds between two turns, so that everybody comes as a new visitor.
_GAP_SECONDS: Final = SAME_VISIT_SECONDS + 10.0
_DEFAULT_STEP: Final = 0.1


@dataclass(frozen=True, slots=True)
class PipelineBench:
    """What was measured. Decoding is in none of it: the frames are in memory before.

    Attributes:
        fps: Frames a second of ours, on one thread, copying each frame included.
        reference_fps: The same of the reference loop, on frames spread over the same clip.
        ratio: The first over the second.
        cpu_ratio: The same by time on the processor, which neighbours do not change.
        ms: Milliseconds a frame, ours.
        reference_ms: The same of the reference.
        cpu_ms: Milliseconds a frame on the processor, ours.
        reference_cpu_ms: The same of the reference.
        size: Width and height.
        faces: Faces a frame on average, as our detector finds them.
        frames: Frames that ours took.
        reference_frames: Frames that the reference took.
        encoded: Faces that ours encoded.
        decided: Visitors that ours decided about.
        decisions: How often each decision was made; a composed clip shows pictures of people, which
            the attack check may see.
        reference_encoded: Faces that the reference encoded.
        gallery: Templates in either gallery.
        decision_seconds: Face in the zone to decision, in real time, median; None: no decision.
        frames_waited: Frames from the first of the visitor to the one that decided, median.
        frames_wait_seconds: Time that so many frames take to come.
        decision_ratio: `decision_seconds` over `frames_wait_seconds`, the worst of all visitors.
    """

    fps: float
    reference_fps: float
    ratio: float
    cpu_ratio: float
    ms: float
    reference_ms: float
    cpu_ms: float
    reference_cpu_ms: float
    size: tuple[int, int]
    faces: float
    frames: int
    reference_frames: int
    encoded: int
    decided: int
    decisions: dict[str, int]
    reference_encoded: int
    gallery: int
    decision_seconds: float | None
    frames_waited: float | None
    frames_wait_seconds: float | None
    decision_ratio: float | None


def bench_pipeline(video: Path, engine: Engine, seconds: float) -> PipelineBench:
    """Measure both on the first frames of a clip.

    Args:
        video: The clip.
        engine: Detector, encoder, calibration.
        seconds: For how long each of the two is measured, at least; ours takes whole turns of the
            clip, and the reference at least one frame.

    Raises:
        StartError: The file is no video, it shows no face, or the reference cannot be loaded.
    """
    frames = read_frames(video)
    crowd = find_crowd(engine, frames)
    gallery = enrol(engine, crowd)
    reference = Reference(for_files("bench"))
    known = _reference_gallery(reference, crowd)
    waits = _waits(engine, frames, gallery)
    ours, decisions = _turns(engine, frames, gallery, seconds)
    theirs = _spread(reference, frames, known, seconds)
    return PipelineBench(
        fps=ours.fps,
        reference_fps=theirs.fps,
        ratio=ours.fps / theirs.fps,
        cpu_ratio=theirs.cpu_ms / ours.cpu_ms,
        ms=1000 / ours.fps,
        reference_ms=1000 / theirs.fps,
        cpu_ms=ours.cpu_ms,
        reference_cpu_ms=theirs.cpu_ms,
        size=(frames[0].image.shape[1], frames[0].image.shape[0]),
        faces=mean(len(engine.detector.detect(frame.image)) for frame in frames),
        frames=ours.frames,
        reference_frames=theirs.frames,
        encoded=ours.encoded,
        decided=len(decisions),
        decisions=dict(Counter(decision.decision for decision in decisions)),
        reference_encoded=theirs.encoded,
        gallery=len(gallery),
        decision_seconds=median(wait.seconds for wait in waits) if waits else None,
        frames_waited=median(wait.frames for wait in waits) if waits else None,
        frames_wait_seconds=median(wait.frames_seconds for wait in waits) if waits else None,
        decision_ratio=max(wait.seconds / wait.frames_seconds for wait in waits) if waits else None,
    )


@dataclass(frozen=True, slots=True)
class _Pace:
    """How fast something went through frames; `cpu_seconds` counts all threads."""

    frames: int
    encoded: int
    seconds: float
    cpu_seconds: float

    @property
    def fps(self) -> float:
        return self.frames / self.seconds

    @property
    def cpu_ms(self) -> float:
        return 1000 * self.cpu_seconds / self.frames


def _measure(take: Callable[[int], int], meter: EncoderMeter, seconds: float) -> _Pace:
    """Take frames until the time is up; `take` is told how many were, and says how many it took."""
    taken, calls, began, cpu = 0, meter.calls, time.perf_counter(), time.process_time()
    while not taken or time.perf_counter() - began < seconds:
        taken += take(taken)
    took, used = time.perf_counter() - began, time.process_time() - cpu
    return _Pace(taken, meter.calls - calls, took, used)


def _turns(
    engine: Engine, frames: tuple[Frame, ...], gallery: Gallery, seconds: float
) -> tuple[_Pace, list[VisitorDecision]]:
    """Whole turns of the clip as fast as they go; each is a new visit of everybody in it."""
    pipeline = CrowdPipeline(engine, ambient(engine), lend(gallery), "bench")
    length = frames[-1].at - frames[0].at + _GAP_SECONDS
    decisions: list[VisitorDecision] = []

    def turn(taken: int) -> int:
        offset = length * (taken // len(frames))
        for number, frame in enumerate(frames, taken):
            # The pipeline overwrites what it is given.
            decisions.extend(pipeline.step(Frame(frame.image.copy(), frame.at + offset, number)))
        return len(frames)

    return _measure(turn, engine.encoder.meter, seconds), decisions


def _spread(
    reference: Reference, frames: tuple[Frame, ...], known: Encodings, seconds: float
) -> _Pace:
    """As many frames as the time allows, in an order that is spread over the clip."""
    order = np.random.default_rng(1).permutation(len(frames)).tolist()

    def one(taken: int) -> int:
        reference.recognise(_rgb(frames[order[taken % len(order)]].image), known)
        return 1

    return _measure(one, reference.meter, seconds)


@dataclass(frozen=True, slots=True)
class _Wait:
    """From the first frame of a visitor to the decision, and what its frames take to come."""

    seconds: float
    frames: int
    frames_seconds: float


def _waits(engine: Engine, frames: tuple[Frame, ...], gallery: Gallery) -> list[_Wait]:
    """Play the clip in real time, and wait for those who are decided about while in view.

    Counted from the moment at which the first frame of the visitor is due to the moment at which
    the decision is there.
    """
    pipeline = CrowdPipeline(engine, ambient(engine), lend(gallery), "bench")
    length = frames[-1].at - frames[0].at
    step = length / (len(frames) - 1) if length > 0 else _DEFAULT_STEP
    waits: list[_Wait] = []
    began = time.monotonic()
    for number, frame in enumerate(frames):
        due = began + number * step
        time.sleep(max(0.0, due - time.monotonic()))
        decisions = pipeline.step(Frame(frame.image.copy(), due, number))
        done = time.monotonic()
        for decision in decisions:
            if decision.t == due and decision.since is not None:
                count = round((due - decision.since) / step) + 1
                waits.append(_Wait(done - decision.since, count, count * step))
    return waits


def _reference_gallery(reference: Reference, crowd: Crowd) -> Encodings:
    """The vectors of the same faces by the reference, as far as it finds them, and of others."""
    rgb = _rgb(crowd.frame.image)
    known = reference.encode(rgb, reference.locate(rgb)[: len(crowd.enrolled)])
    return np.concatenate([known, strangers(known.shape[1])])


def _rgb(image: Image) -> Image:
    return np.ascontiguousarray(image[:, :, ::-1])
