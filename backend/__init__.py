"""Liandong's back end: one county's tiered care, from sign-up to follow-up."""
