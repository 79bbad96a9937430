"""A switch that makes the stand-in as unreliable as the real thing on a bad day."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, g, jsonify, request

MODES = ("slow", "busy", "bad_token", "html", "cut", "drop_after_accept", "errcode", "none")


@dataclass
class _Plan:
    mode: str
    times: int
    seconds: float = 20.0
    errcode: int = 0


class Misbehaviour:
    """What goes wrong next on which path, and how many times."""

    def __init__(self, pause: Callable[[float], None] = time.sleep) -> None:
        self._plans: dict[str, _Plan] = {}
        self._lock = threading.Lock()
        self._pause = pause

    def plan(self, order: dict[str, Any]) -> None:
        """Take an order {path, mode, times, seconds?, errcode?}; raises ValueError."""
        path, mode = str(order.get("path") or ""), order.get("mode")
        if not path.startswith("/") or mode not in MODES:
            raise ValueError(f"a path and one of {', '.join(MODES)}")
        with self._lock:
            self._plans.pop(path, None)
            if mode != "none":
                times, seconds = int(order.get("times", 1)), float(order.get("seconds", 20.0))
                self._plans[path] = _Plan(str(mode), times, seconds, int(order.get("errcode", 45009)))

    def install(self, app: Flask) -> None:
        """Look at every call before and after it is answered."""
        app.before_request(self._before)
        app.after_request(self._after)

    def _next(self, path: str) -> _Plan | None:
        with self._lock:
            plan = self._plans.get(path)
            if plan is None:
                return None
            plan.times -= 1
            if plan.times <= 0:
                del self._plans[path]
            return plan

    def _before(self) -> Response | None:
        request.get_data()
        plan = g.plan = self._next(request.path)
        if plan is None:
            return None
        if plan.mode == "slow":
            self._pause(plan.seconds)
        if plan.mode == "html":
            return Response("<html><body>服务繁忙</body></html>", mimetype="text/html")
        errcode = {"busy": -1, "bad_token": 40001, "errcode": plan.errcode}.get(plan.mode)
        return None if errcode is None else jsonify(errcode=errcode, errmsg="misbehaving rid: 0-0")

    def _after(self, response: Response) -> Response:
        plan: _Plan | None = g.get("plan")
        if plan is not None and plan.mode == "cut":
            whole = response.get_data()
            response.set_data(whole[: len(whole) // 2])
        if plan is not None and plan.mode == "drop_after_accept":
            line = request.environ.get("werkzeug.socket")
            if line is not None:
                line.shutdown(2)
        return response
