"""Pages through axe-core: both languages, tablet and phone (WCAG 2.2 AA).

Each page is opened once and looked at in both sizes; each part is a test of its own, so that
workers share them. Pages with states of their own are looked at where those are tried.
"""

from datetime import timedelta

import pytest

from clienteling.service.figures import Figure, count
from clienteling.service.openings import Reason
from tests.support.axe import SIZES, violations
from tests.support.browser import Launcher, open_signed_in
from tests.support.known import join_known
from tests.support.people import Customer
from tests.support.reports import put_report
from tests.support.web import LiveHub

pytestmark = pytest.mark.browser

#: Who looks (roles, and the screen where it matters), and at what; `{id}`, `{page}`: a customer's.
_OFFICER, _MANAGER = (("officer",), None), (("manager", "admin"), None)
_TABLET = (("trained", "manager"), "tablet")
_PAGES = {
    "customers": (
        _OFFICER,
        (
            "/privacy",
            "/privacy/customers",
            "/privacy/customers/{id}",
            "/privacy/customers/{id}/withdraw",
            "/privacy/customers/{id}/erase",
            "/privacy/customers/{id}/restriction",
            "/privacy/requests",
            "/privacy/requests/new",
            "/privacy/breach",
        ),
    ),
    "papers": (
        _OFFICER,
        (
            "/privacy/log",
            "/privacy/access",
            "/privacy/recognition",
            "/privacy/notices",
            "/privacy/retention",
            "/privacy/papers",
            "/privacy/verify",
            "/privacy/switch",
            "/approvals",
            "/privacy-policy",
            "/verify",
        ),
    ),
    "manager": (
        _MANAGER,
        (
            "/manage",
            "/manage/dashboard",
            "/manage/dashboard?by=month",
            "/manage/reasons",
            "/manage/smiles",
            "/manage/cameras",
            "/manage/customers",
            "/manage/duplicates",
            "/manage/huddle",
            "/manage/team",
        ),
    ),
    "tablet": (
        _TABLET,
        (
            "/staff",
            "/staff/lists",
            "/staff/asks",
            "/staff/smile",
            "/staff/requests/new",
            "{page}",
            "{page}/forget",
        ),
    ),
}


@pytest.fixture
def customer(live: LiveHub) -> Customer:
    """Somebody of whom much is known, and figures of some weeks."""
    put_report(live.home.path, fnmr=(0.09, 0.02))
    with live.home.databases.identity.write() as identity:
        for weeks in range(9):
            at = live.hub.now() - timedelta(weeks=weeks)
            for number, figure in enumerate(Figure):
                count(identity, figure, at, 5 + (7 * number + weeks) % 40)
    return join_known(live.home)


@pytest.mark.parametrize("part", _PAGES)
@pytest.mark.parametrize("locale", ["nl-NL", "en-GB"])
def test_axe_finds_nothing(
    chromium: Launcher, live: LiveHub, customer: Customer, locale: str, part: str
) -> None:
    page = chromium().new_context(locale=locale).new_page()
    (roles, device), paths = _PAGES[part]
    # The words of the sign-in are chosen by the cookie; the pages after it by the browser.
    page.context.add_cookies([{"name": "language", "value": "en", "url": live.url}])
    open_signed_in(page, live, *roles, device=device)
    page.context.clear_cookies(name="language")
    opening = live.hub.openings.open("user:1", customer.subject_id, Reason.SEARCH)
    given = {"id": customer.subject_id, "page": f"/staff/customers/{opening}"}
    found = []
    for path in paths:
        page.goto(live.url + path.format(**given))
        assert page.locator("html").get_attribute("lang") == locale[:2]
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
            found += [f"{path} {width}: {one}" for one in violations(page)]
    assert found == []
