"""axe-core in a page: what it finds against WCAG 2.2 AA, in brief."""

import json
from importlib.resources import files

from playwright.sync_api import Page

_AXE = files("axe_playwright_python").joinpath("axe.min.js")
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

#: A tablet and a phone.
SIZES = ((1024, 768), (390, 844))


def violations(page: Page) -> list[str]:
    """Open what is folded, so that it is looked at too, and return what axe finds, in brief."""
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE.read_text(encoding="utf-8"))
    answer = page.evaluate(
        "axe.run(document, {resultTypes: ['violations'], "  # what passes is not worded
        "runOnly: {type: 'tag', values: " + json.dumps(_RULES) + "}})"
    )
    return [
        f"{one['id']} at {one['nodes'][0]['target']}: {one['nodes'][0]['failureSummary']}"
        for one in answer["violations"]
    ]
