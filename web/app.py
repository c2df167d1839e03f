"""The web application of one hub: pages for staff, kiosk, greeting, officer; the edge API."""

import threading
from functools import partial
from importlib.resources import files
from zoneinfo import ZoneInfo

from flask import Flask

from clienteling.access.edges import NonceMemory
from clienteling.bus import Bus
from clienteling.catalogue.imports.desk import ImportDesk
from clienteling.catalogue.shelf import shelf_of
from clienteling.customers.directory import Directory
from clienteling.edge_protocol import EdgePolicy
from clienteling.home import Home
from clienteling.recognition.engine import Engine
from clienteling.service.arrivals import ArrivalBoard
from clienteling.service.galleries import GalleryDesk
from clienteling.service.last_viewed import LastViewed
from clienteling.service.new_passes import NewPassDesk
from clienteling.service.openings import OpeningBook
from clienteling.service.passes import PassDesk
from clienteling.service.presses import PressDesk
from clienteling.service.readiness import ReadinessDesk
from clienteling.service.sightings import SightingDesk
from clienteling.service.signs import SignBook
from clienteling.service.smiles import SmileDesk
from clienteling.service.suggesting import SuggestionDesk
from clienteling.service.views import ViewBoard
from clienteling.service.watch import Watcher
from clienteling.service.windows import WindowBoard
from clienteling.till.desk import TillDesk
from clienteling.till.identifying import IdentifyingDesk, follow
from clienteling.webhooks.courier import Courier
from clienteling.webhooks.sending import Sender
from web.addresses import here
from web.api.log import blueprint as log_api
from web.api.machines import machines
from web.api.openapi import blueprint as api_document
from web.api.till import blueprint as till_api
from web.api.till_identifying import blueprint as identifying_api
from web.approvals.views import blueprint as approval_pages
from web.auth.views import blueprint as auth_pages
from web.charts import init_charts
from web.context import EXTENSION, STREAMS, Hub
from web.errors import init_errors
from web.front.views import blueprint as front_pages
from web.greet.views import blueprint as greet_pages
from web.guards import (
    all_of,
    any_of,
    csrf_token,
    device,
    enforce,
    mount,
    mount_again,
    public,
    role,
    staff_or_none,
)
from web.headers import init_headers
from web.help.queue import blueprint as queue_pages
from web.help.reasons import blueprint as reason_pages
from web.help.views import blueprint as help_pages
from web.kiosk.views import blueprint as kiosk_pages
from web.languages import init_languages
from web.limits import init_limits
from web.manage.cameras import blueprint as camera_pages
from web.manage.customers import blueprint as customer_list_pages
from web.manage.dashboard import blueprint as dashboard_pages
from web.manage.data import blueprint as readiness_pages
from web.manage.duplicates import blueprint as duplicate_pages
from web.manage.integrations import blueprint as integration_pages
from web.manage.nav import manage_places
from web.manage.signs import blueprint as sign_pages
from web.manage.views import blueprint as manage_pages
from web.me.views import door as own_door
from web.me.views import own as own_pages
from web.me.visit import own_visit
from web.privacy.views import blueprint as privacy_pages
from web.products.images import blueprint as product_images
from web.products.imports import blueprint as product_imports
from web.products.views import blueprint as product_pages
from web.public.views import blueprint as public_pages
from web.rights.words import init_words as init_rights_words
from web.security import init_security
from web.smile.asking import blueprint as smile_asking
from web.smile.manage import blueprint as smile_managing
from web.smile.views import blueprint as smile_pages
from web.staff.asks import blueprint as ask_pages
from web.staff.customer_acts import blueprint as customer_pages
from web.staff.find import blueprint as find_pages
from web.staff.forget import blueprint as forget_pages
from web.staff.lists import blueprint as list_pages
from web.staff.nav import staff_places
from web.staff.new_pass import blueprint as new_pass_pages
from web.staff.views import blueprint as staff_pages
from web.team.compliments import blueprint as compliment_pages
from web.team.huddle import blueprint as huddle_pages
from web.team.learning import blueprint as learning_pages
from web.team.manage import blueprint as team_pages
from web.team.moments import blueprint as moment_pages
from web.team.rounds import blueprint as round_pages
from web.team.surprises import blueprint as surprise_pages
from web.team.surprises import for_arrival as surprise_for_pages
from web.till.views import blueprint as till_pages

#: The largest request body. No form, photograph (400 kB) or batch of sightings is larger.
MAX_BODY = 512 * 1024

#: Names that this hub answers to; a page of another name cannot be made to talk to it.
TRUSTED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]


def create_app(
    home: Home,
    engine: Engine | None,
    *,
    policy: EdgePolicy | None = None,
    hosts: tuple[str, ...] = (),
) -> Flask:
    """Build the application; nothing is started and nothing global is touched.

    Args:
        home: The opened shop.
        engine: Recognition for enrolment in the kiosk; without it the kiosk says so.
        policy: What cameras may do here; without it no camera is served.
        hosts: Further names under which a proxy serves this hub.

    Raises:
        StartError: a route declares nobody who may call it.
    """
    app = Flask("web", root_path=str(files("web")))
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=MAX_BODY,
        TRUSTED_HOSTS=[*TRUSTED_HOSTS, *hosts],
    )
    hub = build_hub(home, engine, policy)
    app.extensions[EXTENSION] = hub
    init_headers(app)
    init_languages(app)
    init_errors(app)
    csrf = init_security(app, home.databases.identity, home.office.ring.web_session)
    _mount_all(app)
    for machine in (log_api, *(found for found, _ in machines())):
        csrf.exempt(machine)  # signature, token or code: never a cookie
    enforce(app)
    init_limits(app)
    _teach_templates(app, hub)
    return app


def build_hub(home: Home, engine: Engine | None, policy: EdgePolicy | None) -> Hub:
    """Make the collaborators of the pages."""
    office, now = home.office, home.office.now
    bus, board, windows = Bus(), ArrivalBoard(now), WindowBoard(now)
    capture = None if policy is None else policy.policy
    directory, shelf = Directory(office), shelf_of(office)
    till, suggestions = TillDesk(now), SuggestionDesk(office)
    viewed = LastViewed(now, ZoneInfo(home.config.oversight.zone))
    watcher = Watcher(
        office,
        home.memory,
        board,
        windows,
        bus,
        directory,
        ended=till.drop_subject,
        listeners=(suggestions.learner.heard, viewed.follow, partial(follow, till)),
    )
    signs = SignBook(
        office,
        capture,
        home.config.papers.sign_attested,
        is_watched=lambda: not (watcher.is_stuck or bus.closed),
    )
    presses = PressDesk(office, policy, signs, windows, bus)
    identifying = IdentifyingDesk(office, till, presses, windows)
    return Hub(
        home=home,
        engine=engine,
        policy=policy,
        board=board,
        bus=bus,
        windows=windows,
        signs=signs,
        presses=presses,
        passes=PassDesk(office, policy, windows, presses),
        new_passes=NewPassDesk(office),
        smiles=SmileDesk(office),
        desk=SightingDesk(office, policy, signs, board, windows, bus, identifying),
        nonces=NonceMemory(),
        galleries=GalleryDesk(office, signs),
        views=ViewBoard(office, bus),
        watcher=watcher,
        till=till,
        identifying=identifying,
        openings=OpeningBook(now),
        shelf=shelf,
        directory=directory,
        suggestions=suggestions,
        imports=ImportDesk(office),
        viewed=viewed,
        readiness=ReadinessDesk(office, shelf),
        courier=Courier(office, Sender(home.config.webhooks.ca_file), ended=till.ended),
        streams=threading.BoundedSemaphore(STREAMS),
    )


def _mount_all(app: Flask) -> None:
    """Every audience, and who may enter. A new area adds its line here."""
    mount(app, front_pages, public())
    mount(app, auth_pages, public())
    mount(app, public_pages, public())
    mount(app, greet_pages, any_of(device("greet"), role("manager")))
    mount(app, api_document, public())
    mount(app, log_api, public())
    for found, guard in machines():
        mount(app, found, guard)
    mount(app, kiosk_pages, device("kiosk"))
    mount(app, own_door, public())
    mount(app, own_pages, own_visit())
    mount(app, till_pages, device("till"))
    at_the_page = all_of(device("till"), csrf_token())
    mount_again(app, till_api, at_the_page, name="till_desk", prefix="/till/desk")
    asking = "/till/desk/identifications"
    mount_again(app, identifying_api, at_the_page, name="till_asking", prefix=asking)
    mount(app, staff_pages, all_of(device("tablet"), role("trained")))
    mount(app, find_pages, all_of(device("tablet"), role("trained")))
    mount(app, new_pass_pages, all_of(device("tablet"), role("trained")))
    mount(app, customer_pages, all_of(device("tablet"), role("trained")))
    mount(app, forget_pages, all_of(device("tablet"), role("trained"), role("manager")))
    mount(app, list_pages, all_of(device("tablet"), role("trained")))
    mount(app, ask_pages, all_of(device("tablet"), role("staff", "trained", "manager")))
    mount(app, help_pages, all_of(device("tablet"), role("trained")))
    mount(app, smile_pages, public())
    mount(app, smile_asking, all_of(device("tablet"), role("trained")))
    mount(app, smile_managing, role("manager", "admin"))
    mount(app, queue_pages, device("kiosk", "greet", "tablet"))
    team = all_of(device("tablet"), role("staff", "trained", "manager"))
    for pages in (moment_pages, surprise_pages, compliment_pages):
        mount(app, pages, team)
    mount(app, surprise_for_pages, all_of(device("tablet"), role("trained")))
    mount(app, huddle_pages, all_of(device("tablet"), role("trained")))
    mount(app, learning_pages, role("staff", "trained"))
    mount(app, team_pages, role("manager"))
    mount(app, round_pages, role("manager"))
    mount(app, privacy_pages, role("officer"))
    mount(app, approval_pages, role("officer", "manager", "admin"))
    mount(app, manage_pages, role("manager", "admin"))
    mount(app, dashboard_pages, role("manager", "admin"))
    mount(app, readiness_pages, role("manager", "admin"))
    mount(app, reason_pages, role("manager", "admin"))
    mount(app, customer_list_pages, role("manager", "admin"))
    mount(app, camera_pages, role("manager", "admin"))
    mount(app, sign_pages, role("manager", "admin"))
    mount(app, product_pages, role("manager", "admin"))
    mount(app, product_imports, role("manager", "admin"))
    mount(app, product_images, any_of(device("tablet", "kiosk"), role("manager", "admin")))
    mount(app, duplicate_pages, role("manager"))
    mount(app, integration_pages, role("manager", "admin"))


def _teach_templates(app: Flask, hub: Hub) -> None:
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(store=hub.office.controller, demo=hub.demo, here=here)
    app.jinja_env.globals.update(staff_places=staff_places, manage_places=manage_places)
    init_rights_words(app)
    init_charts(app)
    app.context_processor(lambda: {"staff": staff_or_none()})
    with app.app_context():
        macros = app.jinja_env.get_template("components.html").module
    for name in ("icon", "note", "csrf_field", "language_switch", "navigation"):
        app.jinja_env.globals[name] = getattr(macros, name)
