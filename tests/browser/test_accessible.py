"""Every officer's page through axe-core: both languages, tablet and phone (WCAG 2.2 AA)."""

import pytest

from tests.support.axe import SIZES, violations
from tests.support.browser import Launcher, open_signed_in
from tests.support.people import join
from tests.support.reports import put_report
from tests.support.web import LiveHub

pytestmark = pytest.mark.browser

_PAGES = (
    "/privacy",
    "/privacy/log",
    "/privacy/access",
    "/privacy/customers",
    "/privacy/customers/{id}",
    "/privacy/customers/{id}/withdraw",
    "/privacy/customers/{id}/erase",
    "/privacy/customers/{id}/restriction",
    "/privacy/requests",
    "/privacy/requests/new",
    "/privacy/breach",
    "/privacy/recognition",
    "/privacy/notices",
    "/privacy/retention",
    "/privacy/papers",
    "/privacy/verify",
    "/privacy/switch",
    "/approvals",
    "/privacy-policy",
    "/verify",
)


@pytest.mark.parametrize("locale", ["nl-NL", "en-GB"])
def test_axe_finds_nothing(chromium: Launcher, live: LiveHub, locale: str) -> None:
    customer = join(live.home)
    put_report(live.home.path, fnmr=(0.09, 0.02))
    page = chromium().new_context(locale=locale).new_page()
    # The words of the sign-in are chosen by the cookie; the pages after it by the browser.
    page.context.add_cookies([{"name": "language", "value": "en", "url": live.url}])
    open_signed_in(page, live, "officer")
    page.context.clear_cookies(name="language")
    found = []
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for path in _PAGES:
            page.goto(live.url + path.format(id=customer.subject_id))
            assert page.locator("html").get_attribute("lang") == locale[:2]
            found += [f"{path} {width}: {one}" for one in violations(page)]
    assert found == []
