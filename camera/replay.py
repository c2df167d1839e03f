"""The camera's pipeline over a file, as fast as it goes: every frame, clip seconds, no hub."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import chain
from pathlib import Path

from camera.codes import CodeLookout
from camera.held import HeldPass, open_held
from camera.pipeline import WindowPipeline
from camera.presence import CrowdPipeline
from camera.sources import read_clip
from camera.visitor import VisitorDecision
from camera.window import Window
from clienteling.edge_protocol import EdgePolicy
from clienteling.errors import UsageError
from clienteling.recognition.engine import Engine
from clienteling.recognition.frames import Frame, wipe
from clienteling.recognition.gallery import Gallery


def replay(
    video: Path,
    policy: EdgePolicy,
    presses: Sequence[float],
    engine: Engine,
    gallery: Gallery,
    passes: Sequence[HeldPass] = (),
) -> Iterator[VisitorDecision]:
    """See `replay_frames`; the frames are those of a file.

    Raises:
        StartError: the file is missing, empty or no video.
    """
    return replay_frames(read_clip(video), policy, presses, engine, gallery, passes)


def replay_frames(
    frames: Iterator[Frame],
    policy: EdgePolicy,
    presses: Sequence[float],
    engine: Engine,
    gallery: Gallery,
    passes: Sequence[HeldPass] = (),
) -> Iterator[VisitorDecision]:
    """Yield one decision per visitor, in the clip's order; windows with nobody in them yield none.

    Args:
        frames: Pictures in the order of their time; each is overwritten.
        policy: What the region profile admits; whether it may be used is the caller's check.
        presses: Clip seconds at which a customer presses; for `trigger`, and only for it.
        engine: Detector, encoder, calibration.
        gallery: Who may be recognised; it stays the caller's to wipe. Under `pass` it is empty.
        passes: What the codes in the picture may open; for `pass`, and only for it.

    Raises:
        UsageError: presses are missing under `trigger`, or given under another policy.
    """
    if policy.policy == "trigger" and not presses:
        raise UsageError("Under trigger, say when a customer presses: --press 3.0,15.5")
    if policy.policy != "trigger" and presses:
        raise UsageError(f"Under {policy.policy} nobody presses. Leave --press away.")
    if any(not press >= 0 for press in presses):
        raise UsageError("A press is a number of seconds from the clip's start, 0 or more.")
    frames = _opened(frames)

    def lend(_: float) -> AbstractContextManager[Gallery | None]:
        return nullcontext(gallery)

    if policy.policy == "trigger":
        return _triggered(frames, WindowPipeline(engine, policy, lend), policy, sorted(presses))
    if policy.policy == "pass":
        return _by_pass(frames, engine, policy, gallery, {one.alias: one for one in passes})
    return _crowd(frames, CrowdPipeline(engine, policy, lend, "replay"))


def _opened(frames: Iterator[Frame]) -> Iterator[Frame]:
    """Open the file now, so that its errors are the caller's and not the first reader's."""
    first = next(frames, None)
    return iter(()) if first is None else chain((first,), frames)


def _triggered(
    frames: Iterator[Frame],
    pipeline: WindowPipeline,
    policy: EdgePolicy,
    presses: Sequence[float],
) -> Iterator[VisitorDecision]:
    waiting = [
        Window(f"press-{number}", press, press + policy.window_seconds)
        for number, press in enumerate(presses, 1)
    ]
    last = 0.0
    for frame in frames:
        last = frame.at
        while waiting and waiting[0].opened_at <= frame.at:
            yield from _visitors(pipeline.tick(waiting[0].opened_at))
            yield from _visitors(pipeline.open(waiting.pop(0)))
        yield from _visitors(pipeline.step(frame))
    yield from _visitors(pipeline.close(last))


def _by_pass(
    frames: Iterator[Frame],
    engine: Engine,
    policy: EdgePolicy,
    gallery: Gallery,
    passes: Mapping[str, HeldPass],
) -> Iterator[VisitorDecision]:
    """As a live camera does, with nobody to ask: a pass that opens a template opens its window."""
    opened: Gallery | None = None

    def lend(_: float) -> AbstractContextManager[Gallery | None]:
        return nullcontext(opened)

    codes = CodeLookout(lambda alias, _: alias in passes)
    pipeline, last, number = WindowPipeline(engine, policy, lend), 0.0, 0
    try:
        for frame in frames:
            last = frame.at
            yield from _visitors(pipeline.tick(last))
            if pipeline.is_open:
                yield from _visitors(pipeline.step(frame))
                continue
            shown = codes.look(frame)
            wipe(frame.image)
            holder = codes.claim(shown.alias, last) if shown and shown.alias else None
            if holder is not None:
                _wipe(opened)
                number += 1
                opened = open_held(passes[holder.alias], holder, gallery)
                pipeline.open(Window(f"pass-{number}", last, last + policy.window_seconds))
        yield from _visitors(pipeline.close(last))
    finally:
        _wipe(opened)


def _wipe(opened: Gallery | None) -> None:
    if opened is not None:
        opened.wipe()


def _crowd(frames: Iterator[Frame], pipeline: CrowdPipeline) -> Iterator[VisitorDecision]:
    last = 0.0
    for frame in frames:
        last = frame.at
        yield from pipeline.step(frame)
    yield from pipeline.close(last)


def _visitors(decisions: tuple[VisitorDecision, ...]) -> Iterator[VisitorDecision]:
    return (decision for decision in decisions if decision.decision != "none")
