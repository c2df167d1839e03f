"""The whole schema, whose rows are whose, and a customer about whom everything is kept."""

import pytest
from sqlalchemy import Table

from clienteling.access.approvals import ApprovalNeededError, Matter, require
from clienteling.customers.profile import Account, stated, write
from clienteling.customers.purchases import Line, Sale, keep_sale
from clienteling.customers.records import NewRecord, RecordKind, keep
from clienteling.customers.releases import seal_signature
from clienteling.customers.visits import note_visit
from clienteling.db import METADATA
from clienteling.home import Home
from clienteling.service.helpbar.acts import add_note, open_request
from clienteling.service.helpbar.kinds import Asked, HelpKind, NewHelp, NoteKind
from consent.purposes import Purpose
from consent.records import require_grant
from consent.releases import TypedName
from consent.rights.request_acts import Received, receive
from consent.rights.requests import Channel, RequestKind
from consent.rights.restriction import Ground, restrict
from tests.support.people import EVERYTHING, Customer, join

#: The columns by which a row belongs to a customer.
OWNERS = ("subject_id", "about", "alias")

#: Tables without a customer in them.
OTHERS = {
    "retention_run": "when each retention rule last ran",
    "believed_clock": "the time that the last retention run believed",
    "log_entry": "commitments, no data (R47)",
    "log_node": "hashes",
    "log_checkpoint": "signed hashes",
    "log_witness": "machines that watch the log, and their public keys",
    "log_cosignature": "signed hashes",
    "till_answer": "what a till was answered: whether a sale was kept, no more",
    "product": "the shop's goods",
    "sold_without_person": "counts of what forgotten people bought, by month and product",
    "product_stock": "the shop's goods",
    "catalogue_version": "how often the shop's goods were changed",
    "shop_choice": "the shop's own tags and kinds of sizes",
    "user": "staff",
    "role": "staff",
    "user_role": "staff",
    "team_moment": "staff's stories, in which no customer is named",
    "team_reaction": "staff",
    "team_best": "staff",
    "team_amounts": "what the manager set",
    "team_allowance": "staff",
    "team_surprise": "what staff spent; whom it was for stands with the customer",
    "team_compliment": "staff",
    "team_value": "the shop's values",
    "team_case": "cases that a manager wrote",
    "team_coach": "staff",
    "team_learning": "staff's own notes, sealed under their own keys",
    "device": "screens and cameras",
    "pairing": "screens and cameras",
    "figure": "daily counts",
    "contact_reason": "the shop's list of reasons",
    "contact_reason_count": "monthly counts",
    "smile_invitation": "what the shop says to whoever would tell others",
    "webhook": "addresses of the shop's other systems",
    "webhook_delivery": "what was told to them: ids and counts, sealed",
    "camera_zone": "a rectangle of a camera's picture",
    "camera_sign": "which role attested a camera's sign, and when",
    "paper_export": "when a paper about the shop was exported",
    "root_key": "where the root key lies, and since when",
    "store_key": "the shop's key",
    "service_key": "the shop's keys",
}


def owner(table: Table) -> str | None:
    if table.name == "subject":
        return "id"
    return next((column for column in OWNERS if column in table.columns), None)


TABLES = [(name, table) for name, meta in METADATA.items() for table in meta.sorted_tables]


def fill(home: Home) -> Customer:
    """Somebody about whom everything is kept that can be kept."""
    customer = join(home, purposes=EVERYTHING | {Purpose.VISITS, Purpose.PURCHASES})
    with home.databases.identity.read() as identity:
        grant = require_grant(identity, customer.subject_id, Purpose.ACCOUNT, home.office.now())
    write(home.office, grant, stated(Account, name="Robin", email="robin@example.test"))
    keep(home.office, grant, NewRecord(RecordKind.ORDER, b'{"what": "Robin\'s cake"}'))
    keep(home.office, grant, NewRecord(RecordKind.LIST, b'{"what": "Call Robin"}'))
    cake = Line(name="Robin's cake")
    sale = Sale(number="1", at=home.office.now(), lines=(cake,))
    keep_sale(home.office, customer.subject_id, sale, actor="c")
    seal_signature(home.office, grant, "record-1", TypedName("Robin", bytes(32)))
    asked = NewHelp(HelpKind.REPAIR, Asked("Robin's clock"), customer.subject_id)
    help_id = open_request(home.office, asked, actor="c")
    add_note(home.office, help_id, NoteKind.IDEA, "Lend Robin another one", actor="c")
    note_visit(home.office, customer.subject_id, "entrance", arrival_id="a")
    complaint = Received(RequestKind.COMPLAINT, Channel.KIOSK, customer.subject_id, text="Robin")
    receive(home.office, complaint, actor="c")
    restrict(home.office, customer.subject_id, Ground.WISH, actor="c")
    with pytest.raises(ApprovalNeededError):
        require(home.office, Matter.EXPORT, "customer", actor="c", about=customer.subject_id)
    return customer
