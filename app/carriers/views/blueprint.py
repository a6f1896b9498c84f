"""The blueprint that the room's pages hang on."""

from flask import Blueprint

bp = Blueprint("carriers", __name__)
