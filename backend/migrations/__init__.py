"""Schema migrations: numbered, one line, up and down, no drift from the models."""
