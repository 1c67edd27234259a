"""."""

from flask import Blueprint

bp = Blueprint("facts", __name__)
