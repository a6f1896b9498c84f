"""The room's blueprint, bare, so that several modules of views can share it."""

from flask import Blueprint

bp = Blueprint("workbench", __name__)
