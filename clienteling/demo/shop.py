"""Set the demo shop up: with the same calls that a real shop uses, and papers called DEMO."""

import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from clienteling.access.devices import AT_A_CAMERA, DeviceKind, new_pairing
from clienteling.access.users import RoleName, add_user
from clienteling.catalogue.imports.applying import Format, import_products, read_rows
from clienteling.catalogue.imports.rows import Row
from clienteling.config import HubConfig, PapersConfig, RegionConfig
from clienteling.customers.paper import PaperEnrolment, PaperForm, enrol_from_paper
from clienteling.demo.script import FOLDER, PHOTOS, Person, load_shop
from clienteling.home import Home, NewHome, init_home, new_store
from clienteling.papers.export import export_article30
from clienteling.recognition.engine import Engine
from clienteling.service.signs import attest
from consent.clock import now

CAMERA = "entrance"
NEW_SINCE = timedelta(days=10)


@dataclass(frozen=True, slots=True)
class Login:
    """A made-up member of staff with a password that is random for this run.

    Attributes:
        id: As the log names them.
    """

    id: str
    username: str
    name: str
    password: str
    roles: tuple[RoleName, ...]


def make_shop(folder: Path, port: int) -> Home:
    """Make the demo's data folder, in the EU with the `trigger` policy and its papers."""
    today = now().date()
    home = init_home(
        folder,
        NewHome(
            store=new_store(
                "Demo Sweet Shop",
                demo=True,
                address="Demostraat 1, 0000 XX Demostad (DEMO)",
                contact="shop@demo.example",
                dpo="officer@demo.example",
            ),
            region=RegionConfig(region="eu", policy="trigger"),
            papers=PapersConfig(
                dpia_id="DEMO-DPIA",
                dpo_signed=today - timedelta(days=1),
            ),
            hub=HubConfig(port=port),
        ),
    )
    export_article30(home, language="en", form="html", actor="command")
    return home


def add_staff(home: Home) -> tuple[Login, ...]:
    """Add the demo's people who sign in."""
    return tuple(
        _added(home, username, name, roles)
        for username, name, roles in (
            ("anna", "Anna (DEMO)", (RoleName.STAFF, RoleName.TRAINED)),
            ("bram", "Bram (DEMO)", (RoleName.STAFF, RoleName.TRAINED)),
            ("officer", "Privacy officer (DEMO)", (RoleName.OFFICER,)),
            ("manager", "Manager (DEMO)", (RoleName.MANAGER,)),
        )
    )


def _added(home: Home, username: str, name: str, roles: tuple[RoleName, ...]) -> Login:
    password = secrets.token_urlsafe(9)
    with home.databases.identity.write() as identity:
        user_id = add_user(
            identity,
            home.office.ring,
            username=username,
            name=name,
            password=password,
            roles=frozenset(roles),
            actor="command",
            now=home.office.now(),
        )
    return Login(user_id, username, name, password, roles)


def add_products(home: Home) -> int:
    """Import the demo's made-up products, as a shop imports its own."""
    rows = product_rows(home.office.now().date())
    return import_products(home.office, rows, actor="command").added


def product_rows(today: date) -> list[Row]:
    """Return the demo's products; some are new this month."""
    new = (today - NEW_SINCE).isoformat()
    text = (FOLDER / "products.csv").read_text(encoding="utf-8").replace(",NEW,", f",{new},")
    return read_rows(text, Format.CSV)


def enrol_people(home: Home, engine: Engine) -> dict[str, PaperEnrolment]:
    """Enrol the demo's customers from photographs, with recorded consents; by their key."""
    return {
        person.key: enrol_from_paper(home.office, lambda: engine, paper_form(person))
        for person in load_shop().person
    }


def paper_form(person: Person) -> PaperForm:
    """Return the form that one of the demo's customers signed."""
    return PaperForm(
        name=person.name,
        email=person.email,
        photos=tuple(str(PHOTOS / name) for name in person.photos),
        purposes=person.purposes,
        allergies=person.allergies,
        none_known=person.none_known,
        likes=person.likes,
        attestation=f"DEMO paper form {person.key}",
        notice=None,
        language=person.language,
    )


def pairing_code(home: Home, kind: DeviceKind, name: str) -> str:
    """Return a one-time code for a device of the demo."""
    camera = CAMERA if kind in AT_A_CAMERA else None
    with home.databases.identity.write() as identity:
        code = new_pairing(identity, kind, name, home.office.now(), camera=camera)
        if kind is DeviceKind.EDGE:
            today = home.office.now().date()
            attest(identity, home.office, CAMERA, role="DEMO manager", on=today, actor="command")
        return code
