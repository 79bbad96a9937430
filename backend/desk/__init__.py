"""The staff's web console: referral desk and health bureau, server-rendered."""
