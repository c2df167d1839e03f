"""Attack checks: make a set of attacks, and measure on it (`evaluate --attacks`)."""

import argparse
from pathlib import Path

from clienteling.cli.grammar import Parsers, a_count, add_command
from clienteling.cli.output import Args, emit, warn

_MOST = 10_000


def add_commands(commands: Parsers) -> None:
    build = add_command(
        commands,
        "build-attacks",
        run_build,
        "Simulate prints, cut-outs and screens from photographs (<person>/<photograph>)",
        "build-attacks ./attacks --photos ./samples --clips ./walks --people 50",
    )
    build.add_argument("out", type=Path, metavar="OUT", help="a new folder")
    build.add_argument("--photos", type=Path, required=True, metavar="DIR")
    build.add_argument(
        "--clips", type=Path, metavar="DIR", help="real clips, cut into approaches and replayed"
    )
    build.add_argument("--people", type=a_count(_MOST), default=50, metavar="N")
    build.add_argument(
        "--skip", type=int, default=0, metavar="N", help="people of another set with this seed"
    )
    build.add_argument("--seed", type=int, default=1, metavar="N")


def add_options(evaluate: argparse.ArgumentParser) -> None:
    evaluate.add_argument(
        "--attacks", type=Path, metavar="DIR", help="measure attack checks on <kind>/<clip>"
    )
    evaluate.add_argument(
        "--attack-models",
        type=Path,
        metavar="TOML",
        help="also ask the models of these [[attack_model]] tables",
    )


def run_build(args: Args) -> int:
    from clienteling.evaluation.attack_set import Wanted, build_attacks
    from clienteling.recognition.detect import YuNetDetector

    wanted = Wanted(args.photos, args.clips, args.people, args.skip, args.seed)
    made = build_attacks(args.out, wanted, YuNetDetector(), warn)
    emit(args, made, "\n".join(f"{kind}: {count}" for kind, count in made.items()))
    return 0


def run_attacks(args: Args) -> int:
    from dataclasses import asdict

    from clienteling.evaluation.attack_report import write_attack_report
    from clienteling.evaluation.attacks import checks_to_measure, evaluate_attacks
    from clienteling.recognition.detect import YuNetDetector

    checks = checks_to_measure(args.attack_models)
    reports = evaluate_attacks(args.attacks, checks, YuNetDetector(), warn)
    result = {"attacks": [asdict(report) for report in reports]}
    emit(args, result, write_attack_report(reports))
    return 0
