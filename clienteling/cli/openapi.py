"""`clienteling openapi`: the document of the API, for those who program against it."""

from pathlib import Path

from clienteling.cli.grammar import Parsers, add_command
from clienteling.cli.output import Args
from clienteling.errors import UsageError


def add_commands(commands: Parsers) -> None:
    openapi = add_command(
        commands,
        "openapi",
        run_openapi,
        "Write the OpenAPI 3.1 document of /api/v1 and /edge/v1 (needs no shop)",
        "openapi --out openapi.json",
    )
    openapi.add_argument("--out", type=Path, metavar="FILE", help="default: standard output")


def run_openapi(args: Args) -> int:
    import json

    from web.api.openapi import document_without_shop

    text = json.dumps(document_without_shop(), ensure_ascii=False, indent=2)
    if args.out is None:
        print(json.dumps(json.loads(text)) if args.json else text)
        return 0
    try:
        args.out.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{args.out} cannot be written: {error.strerror}.") from error
    print(json.dumps({"out": str(args.out)}) if args.json else f"Written to {args.out}.")
    return 0
