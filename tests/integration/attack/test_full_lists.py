"""A list that is cut where it ends after so many still begins with what must be seen first."""

from datetime import timedelta
from uuid import uuid4

from backend.kernel.roles import Role
from backend.store import clock
from backend.store.db import transaction
from backend.worklist.service import Owner, open_task, open_tasks
from tests import factories


def test_a_danger_stands_before_two_hundred_overdue_ones(app) -> None:
    doctor, practitioner_id = factories.staff_person(app, "th-yuanzhuang", Role.FAMILY_DOCTOR)
    owner = Owner(practitioner_id=practitioner_id)
    with app.app_context(), transaction() as current:
        now = clock.now(current)
        for number in range(201):
            due = now - timedelta(hours=number + 1)
            open_task("xinmi", "follow_up", owner, dedupe_key=uuid4().hex, due_at=due, focus=("plan", None))
        key = uuid4().hex
        open_task("xinmi", "danger", owner, dedupe_key=key, due_at=now, focus=("plan", None), priority="stat")
    with app.app_context(), transaction():
        assert [one.priority for one in open_tasks(doctor.actor())[:2]] == ["stat", "routine"]
