"""HTTP of people, one blueprint of several files."""

from flask import Blueprint

from backend.people import authority_api, claim_api, privacy_api, resident_api, session_api, staff_api

routes = Blueprint("people", __name__, url_prefix="/api/v1")
for part in (session_api, privacy_api, claim_api, authority_api, staff_api, resident_api):
    routes.register_blueprint(part.routes)
