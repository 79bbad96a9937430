"""One module per section of a county pack; features import the models they read from here."""
