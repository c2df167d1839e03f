"""What needs two persons: proposing thresholds of the shop's own, and seeing what waits."""

from pathlib import Path

from clienteling.cli.grammar import Parsers, add_command, add_group
from clienteling.cli.output import Args, emit
from clienteling.config import home_path


def add_commands(commands: Parsers) -> None:
    calibrations = add_group(commands, "calibration", "Thresholds of the shop's own")
    propose = add_command(
        calibrations,
        "propose",
        run_propose,
        "Ask a second person to approve a calibration; done when somebody has",
        "calibration propose report/sface-2021dec-mirrored.json",
    )
    propose.add_argument("file", type=Path, metavar="FILE")
    waiting = add_group(commands, "approvals", "What needs two persons")
    add_command(
        waiting, "list", run_list, "Show proposals and what became of them", "approvals list --json"
    )


def run_propose(args: Args) -> int:
    from clienteling.home import open_home
    from clienteling.recognition.calibration import load, own_digest
    from clienteling.recognition.engine import build_encoder
    from clienteling.service.accuracy import group_matter
    from clienteling.service.thresholds import check_calibration

    home = open_home(home_path())
    encoder, own = build_encoder(home.config.recognition.encoder), own_digest(args.file)
    load(args.file, encoder.model_id, encoder.model_sha256)
    check_calibration(home.office, own, group_matter(home, own))
    text = f"{args.file} is approved: name it in the hub's and the cameras' configuration."
    emit(args, {"calibration": own, "approved": True}, text)
    return 0


def run_list(args: Args) -> int:
    from dataclasses import asdict

    from clienteling.access.approvals import proposals
    from clienteling.home import open_home

    office = open_home(home_path()).office
    with office.databases.identity.read() as identity:
        found = proposals(identity, office)
    state = {None: "waits", True: "approved", False: "refused"}
    lines = (
        f"{one.id[:8]}  {one.proposed_at[:16]}  {one.matter:<9}  "
        f"{state[one.approved] if one.standing or one.approved is not None else 'void'}  {one.what}"
        for one in found
    )
    emit(args, [asdict(one) for one in found], "\n".join(lines) or "Nothing was proposed.")
    return 0
