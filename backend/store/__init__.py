"""Database plumbing: the session, domain time, audit, outbox, idempotency, vault, files, access."""
