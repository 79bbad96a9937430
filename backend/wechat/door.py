"""The one door to WeChat of this process, put up by `setup`."""

from flask import current_app

from backend.wechat.callback import CallbackKeys
from backend.wechat.gateway import WeChatGateway
from backend.wechat.templates import TemplateBook


def gateway() -> WeChatGateway:
    """The door. Call it before the first query of a request, or outside of any transaction."""
    found: WeChatGateway = current_app.extensions["wechat"]
    return found


def templates() -> TemplateBook:
    """Which template serves which kind of notice."""
    found: TemplateBook = current_app.extensions["wechat_templates"]
    return found


def callback_keys() -> CallbackKeys | None:
    """The keys of the message push, or None where it is not configured."""
    found: CallbackKeys | None = current_app.extensions["wechat_callback"]
    return found
