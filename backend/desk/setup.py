"""Hooks the console into an app: its frame, and what its templates may ask."""

from flask import Flask

from backend.desk.frame import draw_problem, new_key
from backend.desk.words import TEMPLATE_WORDS
from backend.web.pages import Frame, guard_word, register_frame


def install(app: Flask) -> None:
    """Register the frame of the pages and the words of the templates."""
    register_frame(Frame(problem=draw_problem, sign_in="/desk/sign-in", opens="desk.open"))
    app.jinja_env.globals.update(guard_word=guard_word, new_key=new_key)
    app.jinja_env.filters.update(TEMPLATE_WORDS)
