"""What a named person must do by when: every deadline and every escalation ends here."""
