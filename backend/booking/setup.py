"""Hooks booking into an app: what the database's refusals mean."""

from flask import Flask

from backend.web import problems

_ALREADY = ("already_booked", "刚才已经约好了一个号，请看「我的预约」。要换时间，请在那里改。")


def install(app: Flask) -> None:
    """Say in Chinese what each unique index of booking forbids; a race ends here, all else in `refusals`."""
    del app
    problems.CONSTRAINTS.update(
        {
            "uq_appointment_live_slot": _ALREADY,
            "uq_appointment_live_referral": _ALREADY,
            "uq_appointment_live_day": _ALREADY,
            "ck_slot_capacity": ("place_full", "这个号刚被约走，请选别的时间。"),
            "uq_bed_request_live": ("bed_already_asked", "这次转诊已经问过床位了，请等医院答复。"),
        }
    )
