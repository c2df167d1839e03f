"""Pictures of products: served from here, as nothing but pictures, to every screen of the shop."""

from flask import Blueprint, Response, abort
from flask.typing import ResponseReturnValue

from clienteling.catalogue.images import image_file
from web.context import current_hub

blueprint = Blueprint("product_images", __name__, url_prefix="/products/images")


@blueprint.get("/<name>")
def image(name: str) -> ResponseReturnValue:
    """Return a picture."""
    path = image_file(current_hub().home.path, name)
    if path is None:
        abort(404)
    return Response(path.read_bytes(), mimetype="image/jpeg")
