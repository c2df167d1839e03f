"""Making a shop and running its hub; its people and devices."""

import sys
from pathlib import Path

from clienteling.cli.grammar import Parsers, a_date, a_port, add_command, add_group
from clienteling.cli.output import Args, emit, warn, warn_development_key
from clienteling.config import home_path
from clienteling.errors import UsageError


def add_commands(commands: Parsers) -> None:
    init = add_command(
        commands,
        "init",
        run_init,
        "Make the data folder of a shop",
        'init --region eu --store "Sweet Corner" --policy trigger --dpia DPIA-7 '
        "--dpo-signed 2026-11-01",
    )
    init.add_argument("--region", choices=("eu", "us"))
    init.add_argument("--state", help="US state, two letters; needed before a hub or edge starts")
    init.add_argument("--place", help="town, where a town of that state has a law of its own")
    init.add_argument("--store", metavar="NAME")
    init.add_argument("--address", help="of the shop, for receipts")
    init.add_argument("--contact", help="e-mail or phone of the shop, for receipts")
    init.add_argument("--dpo", help="contact of the data protection officer, for receipts")
    init.add_argument("--policy", help="pass, trigger, zone or ambient, as the region allows")
    init.add_argument("--dpia", metavar="ID", help="number of the impact assessment")
    init.add_argument("--dpo-signed", type=a_date, metavar="DATE")
    init.add_argument(
        "--sign-attested",
        type=a_date,
        metavar="DATE",
        help="the signs hang: covers cameras paired by that day; others: `camera attest`",
    )
    init.add_argument(
        "--counsel-profile", type=Path, metavar="FILE", help="what the shop's counsel signed"
    )
    init.add_argument("--counsel-key", metavar="VKEY", help="counsel's verifier key")
    init.add_argument(
        "--keys",
        type=Path,
        metavar="FILE",
        help="TOML with the [keys] section: where the root key lies (default: a file)",
    )
    init.add_argument(
        "--databases",
        type=Path,
        metavar="FILE",
        help="TOML with the [databases] section, for PostgreSQL (default: files in the folder)",
    )
    init.add_argument("--non-interactive", action="store_true", help="ask nothing")

    serve = add_command(
        commands, "serve", run_serve, "Run the hub: tablets, kiosk, officer, edges", "serve"
    )
    serve.add_argument("--port", type=a_port, help="default: that of config.toml (8080)")

    users = add_group(commands, "user", "People who sign in")
    add = add_command(
        users,
        "add",
        run_user_add,
        "Add a member of staff; the password comes from standard input",
        "user add --username anna --role staff --role trained < password.txt",
    )
    add.add_argument("--username", required=True)
    add.add_argument("--name", help="what colleagues see; default: the user name")
    add.add_argument(
        "--role",
        action="append",
        required=True,
        choices=("staff", "trained", "manager", "officer", "admin"),
    )
    add.add_argument("--password-file", type=Path, help="instead of standard input")

    devices = add_group(commands, "device", "Kiosks, greeting displays, buttons, tablets and edges")
    add = add_command(
        devices,
        "add",
        run_device_add,
        "Make a one-time pairing code for a device",
        "device add --kind edge --name door --camera entrance",
    )
    kinds = ("edge", "kiosk", "greet", "tablet", "till", "till_cam", "button")
    add.add_argument("--kind", required=True, choices=kinds)
    add.add_argument("--name", required=True)
    add.add_argument("--camera", help="the name of the camera that it belongs to")


def run_init(args: Args) -> int:
    from clienteling.config import PapersConfig, RegionConfig
    from clienteling.config_parts import load_databases, load_keys
    from clienteling.home import NewHome, init_home, new_store
    from clienteling.keystore.keys_config import FileKeys

    if not args.non_interactive:
        _ask_missing(args)
    missing = [f"--{name}" for name in ("region", "store") if not getattr(args, name)]
    if missing:
        raise UsageError(f"Say {' and '.join(missing)}.")
    if (args.counsel_profile is None) != (args.counsel_key is None):
        raise UsageError("--counsel-profile and --counsel-key belong together.")
    counsel = args.counsel_profile and Path(args.counsel_profile.name)
    details = {"address": args.address, "contact": args.contact, "dpo": args.dpo}
    home = init_home(
        home_path(),
        NewHome(
            store=new_store(args.store, **{k: v for k, v in details.items() if v}),
            region=RegionConfig(
                region=args.region,
                state=args.state,
                place=args.place,
                policy=args.policy,
                profile=counsel,
                counsel_key=args.counsel_key,
            ),
            papers=PapersConfig(
                dpia_id=args.dpia, dpo_signed=args.dpo_signed, sign_attested=args.sign_attested
            ),
            counsel_file=args.counsel_profile,
            keys=load_keys(args.keys) if args.keys else FileKeys(),
            databases=load_databases(args.databases) if args.databases else None,
        ),
    )
    if home.development_key:
        warn_development_key()
    result = {
        "home": str(home.path),
        "store": home.config.store.name,
        "region": home.config.region.region,
        "policy": home.config.region.policy,
        "development_key": home.development_key,
    }
    emit(args, result, f"Shop {home.config.store.name!r} is ready in {home.path}.")
    return 0


def _ask_missing(args: Args) -> None:
    questions = {
        "region": "Region (eu or us)",
        "store": "Name of the shop",
        "policy": "Capture policy (trigger; empty: none yet)",
        "dpia": "Number of the data protection impact assessment (empty: none yet)",
    }
    for name, question in questions.items():
        if getattr(args, name) is None:
            setattr(args, name, input(f"{question}: ").strip() or None)


def run_serve(args: Args) -> int:
    from clienteling.config import load_config
    from clienteling.egress import only_to

    # Before anything else of the shop is opened: Vault is asked when the keys are.
    with only_to(load_config(home_path()).places()):
        return _serve(args)


def _serve(args: Args) -> int:
    from clienteling.home import open_home
    from clienteling.papers.export import export_due, noted_article30
    from clienteling.recognition.engine import build_engine
    from clienteling.region import admission, note_policy
    from clienteling.retention.clock import clock_doubt
    from clienteling.service.accuracy import group_matter
    from clienteling.service.thresholds import check_calibration
    from clienteling.service.till_cameras import check_till_cameras
    from consent.renewing import note_texts
    from web.server import serve

    home = open_home(home_path())
    if home.development_key:
        warn_development_key()
    recognition = home.config.recognition
    engine = build_engine(recognition.encoder, recognition.calibration, also=recognition.also)
    own = engine.own_calibration
    check_calibration(home.office, own, group_matter(home, own))
    now = home.office.now()
    admitted = admission(
        home.config,
        home.profile,
        live=True,
        today=now.date(),
        article30=noted_article30(home),
    )
    check_till_cameras(home.office, admitted.policy.value)
    note_policy(home.office, admitted.policy.value)
    note_texts(home.office)
    for sentence in (clock_doubt(home.office), export_due(home)):
        if sentence is not None:
            warn(str(sentence))
    return serve(home, admitted, engine, port=args.port or home.config.hub.port)


def run_user_add(args: Args) -> int:
    from clienteling.access.users import RoleName, add_user
    from clienteling.home import open_home

    office = open_home(home_path()).office
    password = _read_password(args)
    with office.databases.identity.write() as identity:
        user = add_user(
            identity,
            office.ring,
            username=args.username,
            name=args.name or args.username,
            password=password,
            roles=frozenset(RoleName(role) for role in args.role),
            actor="command",
            now=office.now(),
        )
    emit(args, {"user": user, "roles": args.role}, f"{args.username} can sign in.")
    return 0


def _read_password(args: Args) -> str:
    """Read the password from a file or standard input: never from the command line."""
    if args.password_file:
        try:
            return Path(args.password_file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise UsageError(f"{args.password_file} cannot be read: {error.strerror}.") from error
    if sys.stdin.isatty():
        from getpass import getpass

        return getpass("Password (at least 12 characters): ")
    return sys.stdin.readline().strip()


def run_device_add(args: Args) -> int:
    from clienteling.access.devices import DeviceKind, new_pairing
    from clienteling.home import open_home
    from clienteling.service.till_cameras import require_place

    office, kind = open_home(home_path()).office, DeviceKind(args.kind)
    require_place(office, kind)
    with office.databases.identity.write() as identity:
        code = new_pairing(identity, kind, args.name, office.now(), camera=args.camera)
    text = f"Pairing code for {args.name}, valid for 10 minutes and once: {code}"
    emit(args, {"code": code, "kind": args.kind, "camera": args.camera}, text)
    return 0
