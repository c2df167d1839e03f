"""How well people are recognised, beside the reference library."""

import os
from pathlib import Path

from clienteling.cli import attacks
from clienteling.cli.grammar import Parsers, a_count, a_rate, add_command
from clienteling.cli.output import Args, emit
from clienteling.config import home_path
from clienteling.errors import UsageError

_MOST = 1_000_000
_MOST_IMAGES = 100


def add_commands(commands: Parsers) -> None:
    evaluate = add_command(
        commands,
        "evaluate",
        run_evaluate,
        "Measure how well the people in a folder (<person>/<photograph>) are recognised",
        "evaluate ./samples --gallery 100 1000 --enrol 1 3 --out ./report --json",
    )
    evaluate.add_argument("folder", type=Path, nargs="?", metavar="DIR")
    attacks.add_options(evaluate)
    evaluate.add_argument("--pairs", type=Path, metavar="FILE", help="pairs (1:1), as LFW's")
    evaluate.add_argument(
        "--groups", type=Path, metavar="FILE.tsv", help="person, then attributes; first line: names"
    )
    evaluate.add_argument(
        "--exclude", type=Path, metavar="FILE", help="label errors: <person> or <person>/<file>"
    )
    evaluate.add_argument("--encoder", default="sface", help="which encoder (default: sface)")
    for option, most, usual, what in (
        ("--gallery", _MOST, [10, 100, 300, 1000], "sizes of the galleries"),
        ("--enrol", _MOST_IMAGES, [1, 3], "photographs behind a template"),
        ("--probe-images", _MOST_IMAGES, [1, 3], "photographs behind a search"),
    ):
        evaluate.add_argument(
            option, type=a_count(most), nargs="+", default=usual, metavar="N", help=what
        )
    evaluate.add_argument(
        "--fpir",
        type=a_rate,
        nargs="+",
        default=[0.001],
        metavar="RATE",
        help="false positive identification rates; the calibration is made for the first",
    )
    evaluate.add_argument("--splits", type=a_count(10_000), default=20, metavar="N")
    evaluate.add_argument("--seed", type=a_count(2**31), default=1, metavar="N")
    evaluate.add_argument("--source", default="own measurement", help="what was measured, in words")
    evaluate.add_argument(
        "--out", type=Path, metavar="FOLDER", help="report, plots and calibration go here"
    )
    evaluate.add_argument(
        "--publish",
        action="store_true",
        help="put the report into the shop's data folder, where the privacy officer reads it",
    )
    evaluate.add_argument("--no-reference", action="store_true", help="leave the baseline out")
    evaluate.add_argument("--jobs", type=a_count(256), metavar="N", help="processes")


def run_evaluate(args: Args) -> int:
    if args.attacks:
        return attacks.run_attacks(args)
    if args.folder is None:
        raise UsageError("Give a folder of <person>/<photograph>, or --attacks DIR.")
    from functools import partial

    from clienteling.cli.output import warn
    from clienteling.evaluation.experiments import Asked
    from clienteling.evaluation.extract import build_reader
    from clienteling.evaluation.markdown import write_markdown
    from clienteling.evaluation.output import make_folder, report_fields, report_text, write_files
    from clienteling.evaluation.run import Inputs, evaluate
    from clienteling.home import open_home
    from clienteling.service.accuracy import publish

    asked = Asked(
        galleries=tuple(args.gallery),
        enrol=tuple(args.enrol),
        probe_images=tuple(args.probe_images),
        fpir=tuple(args.fpir),
        splits=args.splits,
        seed=args.seed,
    )
    if args.out:
        make_folder(args.out)
    home = open_home(home_path()) if args.publish else None
    found = evaluate(
        Inputs(args.folder, args.source, args.exclude, args.pairs, args.groups),
        asked,
        partial(build_reader, args.encoder, reference=not args.no_reference),
        jobs=args.jobs or os.cpu_count() or 1,
        say=warn,
    )
    emit(args, report_fields(found.report), write_markdown(found.report))
    if home is not None:
        warn(f"{publish(home, report_text(found.report))}: the privacy officer reads it now.")
    if args.out:
        for sentence in write_files(found, args.out):
            warn(sentence)
    return 0
