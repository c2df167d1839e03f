"""The demo shop."""

from clienteling.cli.grammar import Parsers, a_port, add_command
from clienteling.cli.output import Args


def add_commands(commands: Parsers) -> None:
    demo = add_command(
        commands, "demo", run_demo, "Run a demo shop on this machine", "demo --check --json"
    )
    demo.add_argument("--check", action="store_true", help="check the main job, then stop")
    demo.add_argument("--camera", metavar="N", help="use webcam number N instead of the clip")
    demo.add_argument("--port", type=a_port, default=8080)


def run_demo(args: Args) -> int:
    from clienteling.demo.run import run_demo as run

    return run(camera=args.camera, check_only=args.check, as_json=args.json, port=args.port)
