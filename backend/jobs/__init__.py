"""The tick table (APScheduler) and the outbox relay, each its own process."""
