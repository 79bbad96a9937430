"""The stand-in's own time, which a test may turn forward so that codes and tokens grow old."""

import time


class Clock:
    """Seconds since 1970."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> float:
        """The present second."""
        return time.time() + self.ahead
