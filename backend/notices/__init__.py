"""What is due to be told to whom: rows, channels, outcomes, escalation."""
