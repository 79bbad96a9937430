"""What WeChat could not tell becomes a call: one about one thing, by day, and to nobody about oneself."""

from collections.abc import Callable
from datetime import time
from uuid import UUID, uuid4

from backend.kernel.clock import SHANGHAI
from backend.kernel.roles import Role
from backend.notices.delivery import deliver
from backend.notices.service import plan_notice
from backend.notices.states import NoticeStatus
from backend.oversight.invariants import violations
from backend.store.db import transaction
from backend.wechat.templates import NoticeKind
from tests.factories import staff_person
from tests.integration.notices.test_delivery import Bench, bench

__all__ = ["bench"]


def test_what_wechat_could_not_tell_the_doctor_themselves_asks_for_no_telephone_call(bench: Bench) -> None:
    doctor, doctor_id = staff_person(bench.app, "th-yuanzhuang", Role.FAMILY_DOCTOR)
    with transaction():
        notice = plan_notice(
            "xinmi", NoticeKind.TASK_WAITING, dedupe_key=uuid4().hex, focus=("conversation_team", uuid4()),
            practitioner_id=doctor_id, page="pages/home/index",
        )  # fmt: skip
    assert notice is not None
    deliver(bench.claim(notice))
    assert bench.status(notice) == NoticeStatus.TASKED
    [mine] = bench.tasks(notice)
    rows = {one["id"]: one for part in doctor.get("/api/v1/today").json["sections"] for one in part["items"]}
    row = rows[str(mine.id)]
    assert (row["title"], row["text"], row["button"]) == ("微信没能提醒您", "有一件事等着办", "去看")
    task = doctor.get(f"/api/v1/tasks/{row['id']}").json
    assert (task["resident_id"], task["detail"]["page"]) == (None, "pages/home/index")
    assert doctor.post(f"/api/v1/tasks/{task['id']}/done", {"outcome": "handled"}).status_code == 200


def test_one_call_tells_all_there_is_to_tell_about_one_thing_and_wakes_nobody(
    bench: Bench, turned: Callable[..., None]
) -> None:
    turned(hour=16)
    first, second = bench.plan(urgent=False), bench.plan(urgent=False)
    for one in (first, second):
        deliver(bench.claim(one))
        assert bench.status(one) == NoticeStatus.TASKED
    [task] = bench.tasks(first)
    assert bench.tasks(second) == []
    with transaction() as current:
        assert not [one for one in violations(current, "I-14a") if UUID(one.what) in (first, second)], "it is carried"
    assert task.due_at.astimezone(SHANGHAI).time() == time(9), "eight hours later it is night"
    danger = bench.plan(urgent=True)
    deliver(bench.claim(danger))
    [task] = bench.tasks(danger)
    assert task.priority == "urgent" and task.due_at.astimezone(SHANGHAI).time() < time(17), (
        "what is urgent does not wait"
    )
