"""Puts up the door to WeChat when an app is assembled."""

from flask import Flask

from backend.config import BadSettings, Settings
from backend.web import live
from backend.wechat.callback import read_keys
from backend.wechat.client import HttpWeChat
from backend.wechat.settings import WeChatSettings
from backend.wechat.templates import read_book


def install(app: Flask) -> None:
    """Build the door, the book of templates and the push keys. Raises BadSettings and names the variable."""
    settings: Settings = app.config["SETTINGS"]
    try:
        about_us = WeChatSettings(
            app_id=settings.wechat_app_id,
            app_secret=settings.wechat_app_secret,
            base_url=settings.wechat_api,
            stage=settings.wechat_stage,
            connections=max(16, settings.relay_threads),
        )
    except ValueError as wrong:
        raise BadSettings(f"WECHAT_API, WECHAT_STAGE: {wrong}") from None
    try:
        app.extensions["wechat_templates"] = read_book(settings.wechat_templates)
    except ValueError as wrong:
        raise BadSettings(f"WECHAT_TEMPLATES: {wrong}") from None
    keys = None
    if settings.wechat_push_token or settings.wechat_push_aes_key:
        try:
            keys = read_keys(settings.wechat_app_id, settings.wechat_push_token, settings.wechat_push_aes_key)
        except ValueError as wrong:
            raise BadSettings(f"WECHAT_PUSH_TOKEN, WECHAT_PUSH_AES_KEY: {wrong}") from None
    app.extensions["wechat_callback"] = keys
    app.extensions["wechat"] = HttpWeChat(about_us, live.valkey())
