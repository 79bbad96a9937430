"""How a house answers when asked to take somebody: by when, who says no, with which reasons (MS-4.2.1, XM-5.4b)."""

from typing import Annotated, Literal

from pydantic import Field

from backend.alliance.packs.base import Code, Many, Minutes, Sourced, Text
from backend.kernel.roles import Role

Who = Annotated[Role, Field(strict=False)]


class DeclineReason(Sourced):
    """Why a hospital may say no; it must then name another way."""

    code: Code
    text: Text
    needs_date: bool = False
    needs_department: bool = False


class Receiving(Sourced):
    """What is asked of the hospital, and by when; a slow desk never costs the place."""

    asks: Many[Literal["department", "day", "bed", "examination", "doctor"]]
    ask_while_signing: bool
    answer_limit_working_minutes: Minutes
    department_limit_working_minutes: Minutes = 60  # in which a desk says which, where nobody below did
    pass_on_roles: Many[Who]
    decline_roles: Many[Who]
    decline_reasons: Many[DeclineReason]
    phone_check_working_minutes: Minutes = 240  # in which a doctor looks at what a clerk wrote down
    phone_check_text: Text = "服务台按您的电话答复记下的，请看对不对。"
