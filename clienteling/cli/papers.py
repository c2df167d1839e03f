"""The papers of the shop: the record of processing that a start asks for, and the assessment."""

from pathlib import Path
from typing import TYPE_CHECKING

from clienteling.cli.grammar import Parsers, add_command, add_group
from clienteling.cli.output import Args, emit
from clienteling.config import home_path
from clienteling.errors import UsageError

if TYPE_CHECKING:
    from clienteling.papers.export import Exported

_FORMS = {".md": "md", ".html": "html", ".json": "json"}


def add_commands(commands: Parsers) -> None:
    """Add `papers article30` and `papers dpia`."""
    papers = add_group(commands, "papers", "The documents that the law asks the shop for")
    for name, what in (
        ("article30", "Export the record of processing activities (GDPR 30); a start asks for it"),
        ("dpia", "Export a skeleton of the impact assessment (GDPR 35), for the DPO to complete"),
    ):
        command = add_command(
            papers, name, run_export, what, f"papers {name} --out {name}.html --language nl"
        )
        command.add_argument(
            "--out",
            type=Path,
            metavar="FILE",
            help="a new file that ends in .md, .html or .json; else to standard output",
        )
        command.add_argument(
            "--language", choices=("nl", "en"), help="default: the shop's, else English"
        )


def run_export(args: Args) -> int:
    """Make the paper, log it, and write it out."""
    from clienteling.files import write_new

    if args.out is None:
        made = _export(args, "json" if args.json else "md")
        print(made.text, end="", flush=True)
        return 0
    form = _FORMS.get(args.out.suffix.lower())
    if form is None:
        raise UsageError(f"{args.out} must end in one of: {', '.join(_FORMS)}.")
    found: list[Exported] = []

    def make() -> str:
        found.append(_export(args, form))
        return found[0].text

    write_new(args.out, make)
    made = found[0]
    emit(
        args,
        {"out": str(args.out), "sha256": made.sha256, "describes": made.describes},
        f"{args.out} is written. SHA-256 {made.sha256}, as the log has it.",
    )
    return 0


def _export(args: Args, form: str) -> "Exported":
    from clienteling.home import open_home
    from clienteling.papers.export import export_article30, export_dpia
    from clienteling.recognition.engine import build_engine

    home = open_home(home_path())
    language = args.language or home.config.store.language or "en"
    if args.subcommand == "article30":
        return export_article30(home, language=language, form=form, actor="command")
    settings = home.config.recognition
    engine = build_engine(settings.encoder, settings.calibration)
    return export_dpia(home, engine.calibration, language=language, form=form, actor="command")
