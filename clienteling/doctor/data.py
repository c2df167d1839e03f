"""What the shop knows too little of to serve well, and what to do about each; nothing is opened."""

from collections.abc import Iterator

from clienteling.doctor.check import Check, ok, warn
from clienteling.service.dashboard import FEWEST
from clienteling.service.readiness import Count, Lacking, Products, Readiness

_TELL = "They add it at the kiosk with the code on their receipt; ask at the next visit."


def look_at_data(found: Readiness) -> Iterator[Check]:
    """Say in words what was counted (`service.readiness`), each with what to do next."""
    yield _products(found.products)
    yield _customers(found.customers)
    yield _lacking("tastes", "share their tastes", found.tastes, "told none", _TELL)
    yield _lacking(
        "allergies",
        "share their allergies",
        found.allergies,
        "said neither one nor that there is none",
        _TELL,
    )
    yield _lacking(
        "purchases",
        "want purchases remembered",
        found.purchases,
        "have none yet",
        "clienteling import purchases FILE (docs/operators/purchases.md), or connect the till "
        "(docs/integrators/till.md).",
    )
    yield _recognition(found)


def _products(found: Products) -> Check:
    if not found.on_sale:
        return warn(
            "products",
            "No product is on sale.",
            "clienteling import products FILE (docs/operators/catalogue.md)",
        )
    says = (
        f"Of {found.on_sale:,} on sale, {found.undeclared:,} declare nothing of allergens and "
        f"{found.partly:,} not all fourteen."
    )
    if found.undeclared or found.partly:
        return warn("products", says, "/manage/products?show=todo lists them.")
    return ok("products", says)


def _customers(found: Count) -> Check:
    says = f"Accounts: {_number(found)}."
    if found.number == 0:
        todo = "clienteling import customers FILE (docs/operators/customers.md), or the kiosk."
        return warn("customers", says, todo)
    return ok("customers", says)


def _lacking(name: str, share: str, found: Lacking, lack: str, todo: str) -> Check:
    if found.sharing.number == 0:
        return warn(name, f"Customers who {share}: none.", "Customers choose it at the kiosk.")
    says = f"Customers who {share}: {_number(found.sharing)}; of these {lack}: "
    says += f"{_number(found.lacking)}."
    return ok(name, says) if found.lacking.number == 0 else warn(name, says, todo)


def _recognition(found: Readiness) -> Check:
    if found.recognised.number == 0:
        return warn(
            "card", "Nobody agreed to be recognised yet.", "Customers choose it at the kiosk."
        )
    says = f"Customers who agreed to be recognised: {_number(found.recognised)}"
    if found.useful is None:
        return ok("card", f"{says}.")
    says += f"; the card has more to say than the name of {found.useful:.0f} % of them."
    if found.useful < 100:  # noqa: PLR2004  (percent)
        return warn("card", says, "The lines above say what is missing.")
    return ok("card", says)


def _number(count: Count) -> str:
    return f"fewer than {FEWEST}" if count.number is None else f"{count.number:,}"
