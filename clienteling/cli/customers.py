"""Customers and their consents, from the command line."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from clienteling.catalogue.allergens import Allergen
from clienteling.cli.grammar import Parsers, add_command, add_group
from clienteling.cli.output import Args, emit, warn
from clienteling.cli.receipts import add_receipt
from clienteling.cli.upkeep import add_upkeep
from clienteling.config import home_path
from clienteling.errors import PartlyDoneError, UsageError
from consent.purposes import CHOICES


def add_commands(commands: Parsers) -> None:
    enrol = add_command(
        commands,
        "enrol",
        run_enrol,
        "Enrol a customer who signed the paper form",
        'enrol --name "A. Jansen" --photo 1.jpg 2.jpg 3.jpg '
        '--purposes recognise,preferences,allergies --allergy milk --attest "paper form 17"',
    )
    enrol.add_argument("--name", required=True)
    enrol.add_argument("--email")
    enrol.add_argument("--phone", help="with + and the country's code, or as it is dialled here")
    enrol.add_argument("--card", help="number of the loyalty card")
    enrol.add_argument("--photo", nargs="+", action="extend", default=[], metavar="FILE")
    enrol.add_argument(
        "--purposes", required=True, metavar="LIST", help=f"of: {', '.join(CHOICES)}"
    )
    enrol.add_argument(
        "--allergy",
        nargs="+",
        action="extend",
        default=[],
        metavar="CODE",
        help=f"of: {', '.join(Allergen)}; other words are kept as the customer's own",
    )
    enrol.add_argument(
        "--allergies", choices=("none-known",), help="the customer says that there are none"
    )
    enrol.add_argument("--likes", nargs="+", action="extend", default=[], metavar="WORDS")
    enrol.add_argument(
        "--attest",
        required=True,
        metavar="FORM",
        help="which paper form carries age 18+, the notice and the signature",
    )
    enrol.add_argument(
        "--release-signed",
        metavar="FORM",
        help="which paper release the customer signed; needed for a face in some US states",
    )
    enrol.add_argument("--notice", help="version of the notice on the form; default: the current")
    enrol.add_argument("--language", choices=("nl", "en"), default="nl")
    _pass_out(enrol)

    customers = add_group(commands, "customer", "One customer")
    show = add_command(
        customers,
        "show",
        run_customer_show,
        "Show what is held (the read is logged)",
        "customer show 0b9f…",
    )
    show.add_argument("id")
    renew = add_command(
        customers,
        "renew",
        run_customer_renew,
        "Replace the face template by one from new photographs",
        "customer renew 0b9f… --photo 1.jpg 2.jpg 3.jpg",
    )
    renew.add_argument("id")
    renew.add_argument("--photo", nargs="+", action="extend", required=True, metavar="FILE")
    _pass_out(renew)
    erase = add_command(
        customers,
        "erase",
        run_customer_erase,
        "Erase everything and tell every camera",
        "customer erase 0b9f…",
    )
    erase.add_argument("id")
    add_upkeep(customers)

    export = add_command(
        customers,
        "export",
        run_customer_export,
        "Hand out everything that is held (a second person approves it first)",
        "customer export 0b9f… --out robin.json",
    )
    export.add_argument("id")
    export.add_argument("--out", type=Path, required=True, metavar="FILE")

    consents = add_group(commands, "consent", "One customer's consents")
    show = add_command(
        consents,
        "show",
        run_consent_show,
        "Show each consent event, and of each withdrawal how far every copy is",
        "consent show 0b9f…",
    )
    show.add_argument("id")
    withdraw = add_command(
        consents,
        "withdraw",
        run_consent_withdraw,
        "Withdraw one purpose, or all of them",
        "consent withdraw 0b9f… --purpose recognise",
    )
    withdraw.add_argument("id")
    withdraw.add_argument("--purpose", nargs="+", action="extend", default=[], metavar="NAME")
    add_receipt(consents)


def _pass_out(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--pass-out",
        type=Path,
        metavar="FILE",
        help="under the policy pass: the customer's pass as .svg, .png, .pdf or .txt, for this "
        "user only; print it, hand it over and delete it: there is no other copy",
    )


def run_enrol(args: Args) -> int:
    from clienteling.customers.handing_over import handing_over
    from clienteling.customers.paper import PaperForm, enrol_from_paper
    from clienteling.home import open_home
    from clienteling.recognition.engine import build_engine

    home = open_home(home_path())
    recognition = home.config.recognition
    wants_face = "recognise" in args.purposes
    form = PaperForm(
        name=args.name,
        email=args.email,
        photos=tuple(args.photo),
        purposes=tuple(part.strip() for part in args.purposes.split(",") if part.strip()),
        allergies=tuple(args.allergy),
        none_known=args.allergies == "none-known",
        likes=tuple(args.likes),
        attestation=args.attest,
        notice=args.notice,
        language=args.language,
        release=args.release_signed,
        phone=args.phone,
        card=args.card,
    )
    with handing_over(args.pass_out, needed=home.by_pass and wants_face) as prepared:
        result = enrol_from_paper(
            home.office,
            lambda: build_engine(recognition.encoder, recognition.calibration),
            form,
            None if prepared is None else prepared.holder,
        )
        if prepared is not None and result.images:
            prepared.deliver()
    _warn_of(result)
    emit(
        args,
        result,
        f"Customer {result.customer}: {result.templates} template(s). Receipt code: {result.code}",
    )
    return 0 if result.complete else PartlyDoneError.exit_code


def run_customer_renew(args: Args) -> int:
    from clienteling.customers.handing_over import handing_over
    from clienteling.customers.paper import renew_from_photographs
    from clienteling.home import open_home
    from clienteling.recognition.engine import build_engine

    home = open_home(home_path())
    recognition = home.config.recognition
    engine = build_engine(recognition.encoder, recognition.calibration)
    with handing_over(args.pass_out, needed=home.by_pass) as prepared:
        holder = None if prepared is None else prepared.holder
        result = renew_from_photographs(home.office, engine, args.id, tuple(args.photo), holder)
        if prepared is not None and result.images:
            prepared.deliver()
    _warn_of(result)
    emit(args, result, f"Customer {args.id}: {result.images} photograph(s) behind the template.")
    return 0 if result.complete else PartlyDoneError.exit_code


def _warn_of(result: Any) -> None:
    for refusal in result.refused:
        warn(f"{refusal.photo}: {refusal.reason}")
    if result.warning:
        warn(result.warning)


def run_customer_show(args: Args) -> int:
    from clienteling.customers.overview import overview
    from clienteling.home import open_home

    shown = overview(open_home(home_path()).office, args.id, reader="command")
    emit(args, shown, json.dumps(asdict(shown), indent=2, ensure_ascii=False, default=str))
    return 0


def run_customer_erase(args: Args) -> int:
    from clienteling.home import open_home
    from consent.office import erase

    done = erase(open_home(home_path()).office, args.id, actor="command", method="command")
    emit(args, _withdrawal(args.id, done), f"Customer {args.id} is erased.")
    return 0


def run_customer_export(args: Args) -> int:
    from clienteling.home import open_home
    from clienteling.rights.export import Way, export
    from clienteling.rights.files import write_private

    office = open_home(home_path()).office
    write_private(args.out, lambda: export(office, args.id, Way.COMMAND, actor="command"))
    emit(args, {"customer": args.id, "file": str(args.out)}, f"Everything is in {args.out}.")
    return 0


def run_consent_show(args: Args) -> int:
    from clienteling.customers.overview import consents
    from clienteling.home import open_home
    from clienteling.oversight.flows import flows_of

    office = open_home(home_path()).office
    shown = asdict(consents(office, args.id, reader="command"))
    with office.databases.identity.read() as identity:
        shown["endings"] = [asdict(one) for one in flows_of(identity, args.id, office.now())]
    emit(args, shown, json.dumps(shown, indent=2, ensure_ascii=False, default=str))
    return 0


def run_consent_withdraw(args: Args) -> int:
    from clienteling.home import open_home
    from consent.office import withdraw
    from consent.purposes import Purpose

    try:
        purposes = [Purpose(name) for name in args.purpose] or None
    except ValueError as error:
        raise UsageError(f"{error}. Purposes are: {', '.join(Purpose)}.") from error
    done = withdraw(
        open_home(home_path()).office, args.id, purposes, actor="command", method="command"
    )
    names = ", ".join(done.purposes) or "nothing stood"
    emit(args, _withdrawal(args.id, done), f"Withdrawn: {names}.")
    return 0


def _withdrawal(subject: str, done: Any) -> dict[str, Any]:
    return {
        "customer": subject,
        "withdrawn": [str(purpose) for purpose in done.purposes],
        "flow": done.flow_id,
        "receipt": done.receipt,
    }
