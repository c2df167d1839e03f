"""Importing products on a page, and the picture of one: files come in parts, as bare bodies.

No form with files is taken anywhere (web/headers), so a small script sends them.
"""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clienteling.catalogue.editing import set_image
from clienteling.catalogue.images import MAX_BYTES, drop_image, keep_image
from clienteling.catalogue.imports import own
from clienteling.catalogue.imports.report import table
from clienteling.catalogue.products import get
from clienteling.errors import UsageError
from web.context import current_hub
from web.guards import this_staff
from web.limits import limited
from web.products.views import csv_file
from web.products.words import failure_word, picture_word

blueprint = Blueprint("product_imports", __name__, url_prefix="/manage/products")

_SHOWN = 50
_LONGEST_NAME = 80


@blueprint.get("/import")
def overview() -> ResponseReturnValue:
    """Show the import that is going on, or was."""
    job = current_hub().imports.job()
    if job is not None and job.actor != this_staff().id and not job.is_busy:
        job = None  # a colleague's, and over
    found = job.result.problems if job and job.result else []
    problems = sorted(found, key=lambda one: not one.is_fatal)
    return render_template(
        "products/import.html",
        job=job,
        mine=job is not None and job.actor == this_staff().id,
        failure=failure_word(job.failure) if job and job.failure else "",
        problems=problems[:_SHOWN],
        more=max(0, len(problems) - _SHOWN),
    )


@blueprint.get("/template.csv")
def template() -> ResponseReturnValue:
    """Return a table to fill in."""
    return csv_file(own.template(), "products.csv")


@blueprint.post("/import/begin")
@limited("30 per minute")
def begin() -> ResponseReturnValue:
    """Put a new import in the place of the one before."""
    body = request.get_json(silent=True)
    name = str(body.get("name", "")) if isinstance(body, dict) else ""
    return _done(lambda: current_hub().imports.begin(name[:_LONGEST_NAME], actor=this_staff().id))


@blueprint.post("/import/part")
def part() -> ResponseReturnValue:
    """Take the next part of the file."""
    return _done(lambda: current_hub().imports.add(request.get_data(), actor=this_staff().id))


@blueprint.post("/import/try")
def attempt() -> ResponseReturnValue:
    """Read what was sent, and find out what would come of it."""
    return _done(lambda: current_hub().imports.attempt(actor=this_staff().id))


@blueprint.get("/import/state")
def state() -> ResponseReturnValue:
    """Return how far it is."""
    job = current_hub().imports.job()
    if job is None:
        return jsonify(busy=False, done=0, total=0)
    return jsonify(busy=job.is_busy, done=job.done, total=job.total)


@blueprint.post("/import/keep")
@limited("30 per minute")
def keep() -> ResponseReturnValue:
    """Keep what was tried."""
    try:
        current_hub().imports.keep(actor=this_staff().id, replace_all="replace" in request.form)
    except UsageError as error:
        abort(409, failure_word(error))
    return redirect(url_for("product_imports.overview"), 303)


@blueprint.get("/import/report.csv")
def report() -> ResponseReturnValue:
    """Return every problem of the newest import."""
    job = current_hub().imports.job()
    if job is None or job.result is None:
        abort(404)
    return csv_file(table(job.result.problems), "report.csv")


@blueprint.post("/<uuid:product_id>/image")
@limited("30 per minute")
def put_image(product_id: UUID) -> ResponseReturnValue:
    """Keep a picture of a product: the body is the picture."""
    hub = current_hub()
    if (request.content_length or 0) > MAX_BYTES:
        return jsonify(error="too large", message=picture_word("This is larger than 500 kB.")), 413
    _known(product_id)
    try:
        name = keep_image(hub.home.path, request.get_data())
    except UsageError as error:
        return jsonify(error="picture", message=picture_word(str(error))), 400
    _show(product_id, name)
    return jsonify(name=name)


@blueprint.post("/<uuid:product_id>/image/remove")
def remove_image(product_id: UUID) -> ResponseReturnValue:
    """Show no picture any more."""
    _known(product_id)
    _show(product_id, None)
    return redirect(url_for("products.product", product_id=product_id), 303)


def _show(product_id: UUID, name: str | None) -> None:
    """Show this picture, and delete the one before where no other product shows it."""
    hub = current_hub()
    before = _known(product_id)
    set_image(hub.office, str(product_id), name, actor=this_staff().id)
    shown = {product.image for product in hub.shelf.catalogue().products.values()}
    if before is not None and before not in shown:
        drop_image(hub.home.path, before)


def _known(product_id: UUID) -> str | None:
    """Return the name of a product's picture; 404 where there is no such product."""
    with current_hub().databases.identity.read() as identity:
        product = get(identity, str(product_id))
    if product is None:
        abort(404)
    return product.image


def _done(act: Callable[[], None]) -> ResponseReturnValue:
    try:
        act()
    except UsageError as error:
        return jsonify(error="import", message=failure_word(error)), 409
    return "", 204
