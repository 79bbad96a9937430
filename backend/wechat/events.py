"""What WeChat lets us know and others may act upon."""

from dataclasses import dataclass

from backend.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReported(Event):
    """WeChat says how a notice ended on its side; errcode 0 is on the phone.

    `openid_index` is the person's blind index in hex. With it an outcome that was unknown can still become known.
    """

    openid_index: str
    template_id: str
    message_id: str
    errcode: int
