"""Residents, clinicians, staff accounts, guardians and proxies, sign-in."""
