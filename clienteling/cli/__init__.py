"""`clienteling …`: the one composition root. Parses, builds what a command needs, prints.

What a command does lives in the package it belongs to; a module here holds the grammar of some
commands and builds what they need. Exit codes: 0 done, 1 cannot be done, 2 usage, 3 refused by
policy, 4 cannot start, 5 partly done. With `--json` the last line of standard output is one JSON
object; sentences for people go to standard error.
"""

import argparse
import logging
import sys
from collections.abc import Sequence

from clienteling.cli import (
    approvals,
    backups,
    breach,
    button,
    cameras,
    catalogue,
    customers,
    database,
    demo,
    doctor,
    exchange,
    keys,
    log,
    measure,
    notices,
    openapi,
    papers,
    profiles,
    retention,
    shop,
    templates,
    webhooks,
    witness,
)
from clienteling.errors import ClientelingError, RefusedError
from clienteling.process import keep_memory_private, search_on_one_thread
from consent.errors import ConsentError, ConsentMissingError, NoticeError, PolicyRefusedError


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of every command; `run` in its result does what was asked."""
    parser = argparse.ArgumentParser(
        prog="clienteling",
        description="Recognise only the customers who asked for it. "
        "CLIENTELING_HOME names the shop's data folder.",
    )
    commands = parser.add_subparsers(dest="group", required=True, metavar="COMMAND")
    modules = (
        shop,
        doctor,
        database,
        profiles,
        papers,
        notices,
        retention,
        customers,
        catalogue,
        exchange,
        templates,
        log,
        keys,
        witness,
        approvals,
        backups,
        breach,
        cameras,
        button,
        measure,
        openapi,
        webhooks,
        demo,
    )
    for module in modules:
        module.add_commands(commands)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. Only sentences reach the user, never a trace."""
    keep_memory_private()
    search_on_one_thread()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    args = build_parser().parse_args(argv)
    try:
        return int(args.run(args))
    except ClientelingError as error:
        print(f"clienteling: {error}", file=sys.stderr)
        return error.exit_code
    except (ConsentMissingError, NoticeError, PolicyRefusedError) as error:
        print(f"clienteling: {error}", file=sys.stderr)
        return RefusedError.exit_code
    except ConsentError as error:
        print(f"clienteling: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 0
    except KeyboardInterrupt:
        print("clienteling: stopped.", file=sys.stderr)
        return 130
