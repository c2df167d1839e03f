"""The blueprint that the privacy officer's pages hang on."""

from flask import Blueprint

blueprint = Blueprint("privacy", __name__, url_prefix="/privacy")
