"""The limit of a booking over HTTP: one row inserted with psycopg in autocommit, on the same server of ours."""

import os
import threading
from uuid import UUID

import psycopg
from flask import Flask, Response, request

from backend.kernel.ids import new_id

_own = threading.local()


def make() -> Flask:
    """Return an app with the one route."""
    app = Flask("bare")

    @app.post("/api/v1/referrals/<uuid:referral_id>/appointment")
    def insert(referral_id: UUID) -> Response:
        if not hasattr(_own, "connection"):
            _own.connection = psycopg.connect(os.environ["DATABASE_URL"].replace("+psycopg", ""), autocommit=True)
        body = request.get_json()
        _own.connection.execute(
            "INSERT INTO bare_booking VALUES (%s, %s, %s)", (new_id(), referral_id, body["slot_id"])
        )
        return Response('{"id": "x"}', status=201, mimetype="application/json")

    return app
