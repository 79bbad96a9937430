"""What is believed of each person's credits, and which pushes were heard already."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.base import Base


class SubscribeCredit(Base):
    """How many more notices of one template WeChat is believed to let through to one person. Machine time.

    The person is known by the blind index of the openid, as in `account`: a credit belongs to a WeChat account.
    """

    __tablename__ = "subscribe_credit"
    __table_args__ = (CheckConstraint("remaining BETWEEN 0 AND 1000", name="remaining"),)

    county_id: Mapped[str] = mapped_column(Text(), primary_key=True)
    openid_index: Mapped[bytes] = mapped_column(primary_key=True)
    template_id: Mapped[str] = mapped_column(primary_key=True)
    remaining: Mapped[int] = mapped_column(server_default=text("0"))
    long_term: Mapped[bool] = mapped_column(server_default=text("false"))
    confirmed: Mapped[bool] = mapped_column(server_default=text("false"))
    updated_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class WeChatPush(Base):
    """The memory of pushes: WeChat repeats one until it is answered. Machine time.

    The signed window is five minutes and the signature covers the contents, so a replay is a push already here.
    """

    __tablename__ = "wechat_push"
    __table_args__ = (Index("ix_wechat_push_heard", "county_id", "heard_at"),)

    county_id: Mapped[str] = mapped_column(Text(), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    event: Mapped[str]
    heard_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
