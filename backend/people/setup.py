"""Hooks people into an app: how credentials become an actor, and which WeChat account an account has."""

from flask import Flask

from backend.alliance.queries import villages_served
from backend.people.queries import load_actor, openid_index_of, register_village_lookup
from backend.web.auth import register_loader
from backend.wechat.service import register_account_lookup


def install(app: Flask) -> None:
    """Register the actor loader, the account lookup and which villages an institution looks after."""
    del app
    register_loader(load_actor)
    register_account_lookup(openid_index_of)
    register_village_lookup(villages_served)
