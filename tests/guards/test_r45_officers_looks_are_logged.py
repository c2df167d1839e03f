"""R45: whatever an officer reads, searches or does is in the log; nothing that was typed is."""

from flask.testing import FlaskClient

from clienteling.home import Home
from consent.log import ledger
from consent.log.events import EventKind
from tests.support.people import join
from tests.support.web import eventually, post_form, sign_in

TYPED = ("seeded@example.test", "SEED-SEED-SEED-SEED")


def test_every_look_and_act_leaves_one_entry(client: FlaskClient, shop: Home) -> None:
    customer = join(shop, name="Robin Seeded", allergies=("peanuts",))
    sign_in(client, "officer")
    subject = f"/privacy/customers/{customer.subject_id}"

    def entries(kind: EventKind) -> int:
        with shop.databases.identity.read() as identity:
            return len(ledger.search(identity, kinds=[kind]))

    def leaves(kind: EventKind, path: str, form: dict[str, str] | None = None) -> None:
        before = entries(kind)
        if form is None:
            client.get(path)
        else:
            post_form(client, path, **form)
        assert eventually(lambda: entries(kind) == before + 1), (path, kind)

    leaves(EventKind.LOG_SEARCHED, "/privacy/log")
    leaves(EventKind.LOG_SEARCHED, f"/privacy/log?about={customer.subject_id}")
    leaves(EventKind.CUSTOMER_SEARCHED, "/privacy/customers", {"by": "email", "given": TYPED[0]})
    leaves(EventKind.CUSTOMER_SEARCHED, "/privacy/customers", {"by": "code", "given": TYPED[1]})
    leaves(EventKind.PROFILE_READ, subject)
    leaves(EventKind.LOG_VERIFIED, "/privacy/verify", {})
    leaves(EventKind.RECOGNITION_STOPPED, "/privacy/switch/stop", {})
    leaves(EventKind.RECOGNITION_RESUMED, "/privacy/switch/resume", {})
    ask = {"purpose": "allergies", "channel": "phone"}
    leaves(EventKind.CONSENT_WITHDRAWN, f"{subject}/withdraw", ask)
    leaves(EventKind.ERASURE_OPENED, f"{subject}/erase", {"channel": "shop", "sure": "yes"})

    with shop.databases.identity.read() as identity:
        log = ledger.search(identity, limit=1000)
    for secret in (*TYPED, "Robin Seeded", "peanuts", customer.code):
        assert secret not in str(log)


def test_nothing_personal_stands_in_an_address(client: FlaskClient, shop: Home) -> None:
    """A look-up leads to the customer's number, whatever was typed."""
    customer = join(shop)
    sign_in(client, "officer")
    answer = post_form(client, "/privacy/customers", by="code", given=customer.code)
    assert answer.location == f"/privacy/customers/{customer.subject_id}"
    fields = f"by=code&given={customer.code}"
    assert client.get(f"/privacy/customers?{fields}").status_code == 200, "a form, not an answer"
    assert customer.subject_id not in client.get(f"/privacy/customers?{fields}").text
