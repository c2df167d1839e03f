"""Cameras: the edge service, and the same pipeline over a file."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from clienteling.cli.grammar import Parsers, a_date, add_command, some_seconds
from clienteling.cli.output import Args, emit
from clienteling.config import home_path
from clienteling.errors import UsageError


def add_commands(commands: Parsers) -> None:
    camera = add_command(
        commands,
        "camera",
        run_camera,
        "Run the edge service of one camera or several",
        "camera --source 0 --hub http://127.0.0.1:8080 --state ./edge --pair-code-file code.txt",
    )
    camera.add_argument(
        "--source", help="a video file, a device number, rtsp://…, http://…, push://…"
    )
    camera.add_argument(
        "--source-file",
        type=Path,
        metavar="FILE",
        help="holds the source: an address with a password must not stand on a command line",
    )
    camera.add_argument("--push-token-file", type=Path, metavar="FILE")
    camera.add_argument("--hub", metavar="URL")
    camera.add_argument("--state", type=Path, metavar="FOLDER", help="keys and pairing of this box")
    camera.add_argument("--pair-code-file", type=Path, metavar="FILE", help="“-”: standard input")
    camera.add_argument(
        "--config",
        type=Path,
        metavar="TOML",
        help="the same settings in a file; several cameras, each in a table [[camera]]",
    )
    camera.add_argument("--encoder", choices=("sface", "dlib"))
    camera.add_argument("--calibration", type=Path, metavar="FILE")
    camera.add_argument(
        "--attack-check",
        choices=("passive", "off"),
        help="“off” lets prints and screens pass; the health page says so; a file: off unless said",
    )
    camera.add_argument("--name", help="what the officer calls this box")
    camera.add_argument(
        "--purpose", choices=("recognise", "till"), help="“till”: it stands at one (till_cam)"
    )
    camera.add_argument("--loop", action="store_true", default=None, help="play a file again")

    attest = add_command(
        camera.add_subparsers(dest="subcommand", metavar="COMMAND"),
        "attest",
        run_attest,
        "Say that the sign hangs where a customer sees it before the camera sees them",
        'camera attest entrance --role "store manager"',
    )
    attest.add_argument("camera", help="its name, as it was paired")
    attest.add_argument("--role", required=True, help="who looked, as “store manager”")
    attest.add_argument("--date", type=a_date, help="when; default: today")

    replay = add_command(
        commands,
        "replay",
        run_replay,
        "Run the camera's pipeline over a file, without a hub",
        "replay clip.mp4 --policy trigger --press 3.0,15.5 --json",
    )
    replay.add_argument("video")
    replay.add_argument("--policy", required=True)
    replay.add_argument(
        "--press",
        type=some_seconds,
        metavar="SECONDS",
        help="when “greet me” was pressed: 3.0,15.5",
    )
    replay.add_argument("--names", action="store_true", help="add the customer's name")
    replay.add_argument(
        "--attack-check",
        choices=("passive", "off"),
        help="look for prints and screens; default: what config.toml says, else off",
    )


def run_camera(args: Args) -> int:
    from camera.config import given_source, load_box, make_config, one_camera
    from camera.process import run_box
    from clienteling.egress import only_to
    from clienteling.recognition.engine import build_engine

    given = {
        "source": given_source(args.source, args.source_file),
        "push_token_file": args.push_token_file,
        "hub": args.hub,
        "state": args.state,
        "name": args.name,
        "loop": args.loop,
        "pair_code_file": args.pair_code_file,
        "encoder": args.encoder,
        "calibration": args.calibration,
        "attack_check": args.attack_check,
        "purpose": args.purpose,
    }
    box = load_box(args.config, **given) if args.config else one_camera(make_config(**given))
    first = box.cameras[0]  # the models are the same for all of a box
    attacks = first.for_source(is_file=box.plays_files)
    with only_to(box.places()):
        return run_box(
            box, lambda: build_engine(first.encoder, first.calibration, attacks, first.also)
        )


def run_attest(args: Args) -> int:
    from clienteling.home import open_home
    from clienteling.service.signs import attest

    office = open_home(home_path()).office
    on: date = args.date or office.now().date()
    with office.databases.identity.write() as identity:
        sign = attest(identity, office, args.camera, role=args.role, on=on, actor="command")
    result = {"camera": sign.camera, "on": sign.on, "role": sign.role, "until": sign.until}
    emit(args, result, f"The sign of {sign.camera} counts until {sign.until}.")
    return 0


def run_replay(args: Args) -> int:
    from camera.held import empty_gallery
    from camera.replay import replay
    from clienteling.customers.sightings import resolve
    from clienteling.customers.templates import open_gallery
    from clienteling.home import open_home
    from clienteling.recognition.engine import build_engine
    from clienteling.region import admission, edge_policy

    home = open_home(home_path())
    today = home.office.now().date()
    admitted = admission(home.config, home.profile, live=False, today=today, policy=args.policy)
    if args.policy == "trigger" and not args.press:
        raise UsageError("`--policy trigger` needs --press: nobody is looked at without a press.")
    recognition = home.config.recognition
    said = {"attack_check": args.attack_check} if args.attack_check else {}
    attacks = recognition.model_copy(update=said).for_source(is_file=True)
    engine = build_engine(recognition.encoder, recognition.calibration, attacks, recognition.also)
    models = [encoder.model_id for encoder in engine.encoders]
    if args.policy == "pass":
        gallery, held = empty_gallery(engine.encoder), _held(home.office, models)
    else:
        gallery, held = open_gallery(home.office, *models), []
    asked = recognition.challenge and args.policy in {"trigger", "pass"}
    policy = edge_policy(admitted, engine.encoder.model_id, live=False, challenge=asked)
    try:
        for visitor in replay(Path(args.video), policy, args.press or (), engine, gallery, held):
            seen = resolve(home.office, visitor.alias, names=args.names, actor="command")
            line = {
                "t": round(visitor.t, 3),
                "decision": str(visitor.decision),
                "customer": seen.customer,
                "score": visitor.score,
                "frames": visitor.frames,
            }
            if args.names:
                line["name"] = seen.name
            emit(args, line, json.dumps(line, ensure_ascii=False))
    finally:
        gallery.wipe()
    return 0


def _held(office: Any, models: list[str]) -> list[Any]:
    """Return what the passes in a clip may open; nothing is opened here."""
    from camera.held import HeldPass
    from clienteling.customers.passes import sealed_passes

    return [
        HeldPass(one.alias, one.model_id, one.sealed, one.binding, one.images, one.stricter)
        for model_id in models
        for one in sealed_passes(office, model_id)
    ]
