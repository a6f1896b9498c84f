"""The room's blueprint."""

from flask import Blueprint

bp = Blueprint("exchange", __name__)
