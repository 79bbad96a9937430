"""Conversations between a resident and the team."""
