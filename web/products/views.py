"""The shop's products for its manager: finding, declaring allergens, changing, archiving."""

from dataclasses import dataclass, replace
from uuid import UUID

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from clienteling.catalogue.allergens import Allergen
from clienteling.catalogue.declarations import AllergenStatus, Declaration
from clienteling.catalogue.editing import (
    FIELDS,
    ChangedMeanwhileError,
    Checked,
    check,
    mark_of,
    save,
    set_sold,
)
from clienteling.catalogue.imports import own
from clienteling.catalogue.product import Product
from clienteling.catalogue.products import get, new_id
from clienteling.catalogue.search import search
from clienteling.errors import UsageError
from web.context import current_hub
from web.guards import this_staff
from web.limits import limited
from web.products.words import advice_word, init_words

blueprint = Blueprint("products", __name__, url_prefix="/manage/products")

_PAGE = 25
_LONGEST_QUERY = 80
_VIEWS = ("todo", "sold", "archived")


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the list.

    Attributes:
        number: From 1.
        last: The number of the last one.
        found: Products that fit, on all pages.
    """

    products: tuple[Product, ...]
    number: int
    last: int
    found: int


@blueprint.record_once
def _prepare(state: object) -> None:
    init_words(state.app)  # type: ignore[attr-defined]


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """List what is sold, first what has an allergen about which nothing is known."""
    catalogue = current_hub().shelf.catalogue()
    query = request.args.get("q", "").strip()[:_LONGEST_QUERY]
    view = request.args.get("show", "sold")
    view = view if view in _VIEWS else "sold"
    found = [
        product
        for product in search(catalogue.index, query)
        if product.active != (view == "archived") and not (view == "todo" and product.declared)
    ]
    if not query:
        found.sort(key=lambda product: product.declared)  # stable: by name within each
    return render_template(
        "products/list.html",
        page=_page(found, request.args.get("page", "")),
        stock=catalogue.stock,
        query=query,
        view=view,
        todo=sum(not product.declared for product in catalogue.active),
        sold=len(catalogue.active),
    )


@blueprint.get("/new")
def new() -> ResponseReturnValue:
    """Show an empty form."""
    return _form(Product(id=new_id(), name=""), is_new=True)


@blueprint.post("/new")
@limited("60 per minute")
def add() -> ResponseReturnValue:
    """Keep a new product."""
    return _save(Product(id=new_id(), name=""), is_new=True)


@blueprint.get("/<uuid:product_id>")
def product(product_id: UUID) -> ResponseReturnValue:
    """Show a product, to be changed."""
    return _form(_known(product_id))


@blueprint.post("/<uuid:product_id>")
@limited("60 per minute")
def change(product_id: UUID) -> ResponseReturnValue:
    """Keep what was changed."""
    return _save(_known(product_id))


@blueprint.post("/<uuid:product_id>/sold")
def sold(product_id: UUID) -> ResponseReturnValue:
    """Archive a product, or take it back."""
    hub = current_hub()
    wanted = request.form.get("sold") == "yes"
    if set_sold(hub.office, str(product_id), sold=wanted, actor=this_staff().id) is None:
        abort(404)
    return redirect(url_for("products.product", product_id=product_id), 303)


@blueprint.get("/products.csv")
def exported() -> ResponseReturnValue:
    """Return the whole catalogue as the table that can be imported again."""
    catalogue = current_hub().shelf.catalogue()
    return csv_file(own.exported(catalogue.products.values(), catalogue.stock), "products.csv")


def csv_file(text: str, name: str) -> Response:
    """Return a table as a file that spreadsheets take for UTF-8."""
    response = Response("\ufeff" + text, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _known(product_id: UUID) -> Product:
    with current_hub().databases.identity.read() as identity:
        found = get(identity, str(product_id))
    if found is None:
        abort(404)
    return found


def _save(before: Product, *, is_new: bool = False) -> ResponseReturnValue:
    hub = current_hub()
    fields = {field: request.form.get(field, "").strip() for field in FIELDS}
    fields["season"] = ",".join(request.form.getlist("season"))
    told, declaration = check(fields), _declared()
    if told.problems:
        return _again(before, fields, told, declaration, is_new=is_new), 400
    try:
        kept = save(
            hub.office,
            before,
            told,
            declaration,
            seen=request.form.get("seen", ""),
            actor=this_staff().id,
        )
    except ChangedMeanwhileError:
        sentence = gettext(
            "Somebody changed this product since you opened it, so nothing was saved. Below is "
            "what you typed; saving now puts it over the other change."
        )
        return _again(before, fields, told, declaration, sentence=sentence, is_new=is_new), 409
    except UsageError as error:
        told = replace(told, problems={"gtin": str(error)})
        return _again(before, fields, told, declaration, is_new=is_new), 400
    return redirect(url_for("products.product", product_id=kept.id, saved=1), 303)


def _declared() -> Declaration:
    """Return what the form says of each allergen; what is missing or strange is not known."""
    statuses = {
        allergen.value: status
        for allergen in Allergen
        if (status := request.form.get(f"allergen-{allergen.value}", ""))
        in {AllergenStatus.CONTAINED, AllergenStatus.TRACES, AllergenStatus.FREE}
    }
    told = Declaration.of(statuses)
    if "complete" in request.form:
        return Declaration.complete(told.contained, told.traces)
    return told


def _form(product: Product, *, is_new: bool = False) -> str:
    held = current_hub().shelf.catalogue().stock.get(product.id)
    return _shown(
        product,
        own.cells_of(product, held),
        product.declaration,
        problems={},
        is_new=is_new,
        counted=held.at if held else None,
    )


def _again(
    product: Product,
    fields: dict[str, str],
    told: Checked,
    declaration: Declaration,
    *,
    sentence: str = "",
    is_new: bool,
) -> str:
    problems = {field: advice_word(advice) for field, advice in told.problems.items()}
    return _shown(product, fields, declaration, problems, sentence=sentence, is_new=is_new)


def _shown(
    product: Product,
    fields: dict[str, str],
    declaration: Declaration,
    problems: dict[str, str],
    *,
    is_new: bool,
    sentence: str = "",
    counted: object = None,
) -> str:
    home = current_hub().home
    return render_template(
        "products/product.html",
        product=product,
        given=fields,
        declaration=declaration,
        problems=problems,
        sentence=sentence,
        is_new=is_new,
        counted=counted,
        seen=mark_of(product),
        currency=home.config.store.currency,
        allergens=tuple(Allergen),
        statuses=tuple(AllergenStatus),
        months=[str(month) for month in range(1, 13)],
        saved="saved" in request.args,
    )


def _page(found: list[Product], number: str) -> Page:
    last = max(1, -(-len(found) // _PAGE))
    this = min(max(int(number), 1), last) if number.isdecimal() and len(number) < 6 else 1  # noqa: PLR2004
    start = (this - 1) * _PAGE
    return Page(tuple(found[start : start + _PAGE]), this, last, len(found))
