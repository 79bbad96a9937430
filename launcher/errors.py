"""What the launcher says when it cannot go on: the reason, and the command or setting that helps."""


class LauncherError(Exception):
    """A set-up failure told to a person: what is wrong, then what to do."""

    def __init__(self, reason: str, advice: str) -> None:
        super().__init__(f"{reason}\n  {advice}")
        self.reason = reason
        self.advice = advice
