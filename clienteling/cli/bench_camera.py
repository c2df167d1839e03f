"""How fast the camera's pipeline is, how many cameras one process carries, and in what memory.

A video is the operator's; without one, three people from the demo's photographs are composed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from clienteling.cli.grammar import Parsers, a_count, add_command
from clienteling.cli.output import Args, emit

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from clienteling.recognition.engine import Engine

_MOST_CAMERAS = 256
_MOST_SECONDS = 600
_MOST_MINUTES = 24 * 60


def add_commands(bench: Parsers) -> None:
    """Add the commands behind the word `bench`."""
    pipeline = add_command(
        bench,
        "pipeline",
        run_bench_pipeline,
        "Our pipeline beside the plain face_recognition loop, on the same frames",
        "bench pipeline visitors.mp4 --json",
    )
    _add_clip(pipeline)
    pipeline.add_argument(
        "--seconds",
        type=a_count(_MOST_SECONDS),
        default=20,
        metavar="N",
        help="for how long each of the two is measured",
    )
    cameras = add_command(
        bench,
        "cameras",
        run_bench_cameras,
        "How many cameras of ten frames a second one process carries",
        "bench cameras entrance.mp4 --json",
    )
    _add_clip(cameras)
    cameras.add_argument("--most", type=a_count(_MOST_CAMERAS), default=64, metavar="N")
    cameras.add_argument(
        "--seconds",
        type=a_count(_MOST_SECONDS),
        default=8,
        metavar="N",
        help="for how long each number of cameras is tried",
    )
    memory = add_command(
        bench,
        "memory",
        run_bench_memory,
        "Replay a clip again and again, and see whether memory grows",
        "bench memory --minutes 60 --json",
    )
    _add_clip(memory)
    memory.add_argument(
        "--minutes", type=a_count(_MOST_MINUTES), default=60, metavar="N", help="of video"
    )


def _add_clip(parser: "ArgumentParser") -> None:
    parser.add_argument(
        "video", nargs="?", type=Path, help="a video with faces; else one is composed"
    )
    parser.add_argument("--encoder", choices=("sface", "dlib"), default="sface")


@contextmanager
def _clip_and_engine(
    args: Args, size: tuple[int, int], *, stay: float, empty: float
) -> "Iterator[tuple[Path, Engine]]":
    """Lend what the bench needs, in a temporary folder: no shop is needed, and nothing is left."""
    from clienteling.demo.clip import render_three
    from clienteling.recognition.engine import build_engine

    with TemporaryDirectory(prefix="clienteling-bench-") as folder:
        engine = build_engine(args.encoder)
        clip = Path(folder) / "three.avi"
        yield args.video or render_three(clip, size, stay=stay, empty=empty), engine


def run_bench_pipeline(args: Args) -> int:
    from camera.bench.pipeline import bench_pipeline

    with _clip_and_engine(args, (1280, 720), stay=9.0, empty=0.0) as (video, engine):
        found = bench_pipeline(video, engine, float(args.seconds))
    waits = "nobody was decided about in real time"
    if found.decision_seconds is not None:
        waits = (
            f"face in the zone to decision {found.decision_seconds:.2f} s; the "
            f"{found.frames_waited:.0f} frames that it waits for take "
            f"{found.frames_wait_seconds:.2f} s; {found.decision_ratio:.2f} times, at worst"
        )
    width, height = found.size
    decided = ", ".join(f"{count} {kind}" for kind, count in found.decisions.items()) or "nobody"
    emit(
        args,
        found,
        f"{width}x{height}, {found.faces:.1f} faces a frame, {found.gallery} templates\n"
        f"ours       {found.fps:8.1f} frames/s {found.ms:8.2f} ms, {found.cpu_ms:.2f} on the "
        f"processor ({found.frames} frames, {found.encoded} faces encoded; {decided})\n"
        f"reference  {found.reference_fps:8.1f} frames/s {found.reference_ms:8.2f} ms, "
        f"{found.reference_cpu_ms:.2f} on the processor ({found.reference_frames} frames, "
        f"{found.reference_encoded} faces encoded)\n"
        f"ratio      {found.ratio:8.1f} ({found.cpu_ratio:.1f} by processor time)\n{waits}",
    )
    return 0


def run_bench_cameras(args: Args) -> int:
    from camera.bench.cameras import bench_cameras

    with _clip_and_engine(args, (1280, 720), stay=5.0, empty=15.0) as (video, engine):
        found = bench_cameras(video, engine, args.most, float(args.seconds))
    width, height = found.size
    tried = "\n".join(
        f"{load.cameras:4} cameras: {load.dropped:6.1%} dropped, {load.cores:.2f} cores, "
        f"{load.encoded} faces encoded"
        for load in found.loads
    )
    emit(
        args,
        found,
        f"{tried}\n{found.cameras} cameras of {width}x{height} at {found.fps} frames a second "
        f"are carried on {found.cores} cores; each takes {found.cores_each:.3f} of a core",
    )
    return 0


def run_bench_memory(args: Args) -> int:
    from camera.bench.memory import bench_memory

    def progress(minutes: float, resident_mb: float) -> None:
        if not args.json:
            print(f"{minutes:8.1f} min {resident_mb:8.1f} MB", flush=True)

    with _clip_and_engine(args, (640, 480), stay=20.0, empty=20.0) as (video, engine):
        found = bench_memory(video, engine, float(args.minutes), progress)
    emit(
        args,
        found,
        f"{found.warm_mb:.1f} MB after two minutes, {found.end_mb:.1f} MB after another "
        f"{found.minutes:.0f} ({found.growth:+.2%}); {found.frames} frames, "
        f"{found.decided} visitors decided",
    )
    return 0
