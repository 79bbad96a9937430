"""Invented people for trying the system out: the same seed makes the same county. Never in production."""
