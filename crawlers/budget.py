"""How much one crawl may ask of a site in one night, beside its pages: minutes and bytes."""

from __future__ import annotations

import time
from dataclasses import dataclass, field


@dataclass
class Budget:
    """What is left of it is told by `spent`; it begins to run when it is made.

    Attributes:
        seconds, bytes: None: no bound.
    """

    seconds: float | None = None
    bytes: int | None = None
    _begun: float = field(default_factory=time.monotonic)

    def spent(self, read: int) -> str | None:
        """Which bound is reached after so many bytes, as the run says it; None: go on."""
        if self.seconds is not None and time.monotonic() - self._begun >= self.seconds:
            return f"达到时间上限 {_minutes(self.seconds)} 分钟"
        if self.bytes is not None and read >= self.bytes:
            return f"达到流量上限 {_megabytes(self.bytes)} MB"
        return None


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.4g}"


def _megabytes(count: int) -> str:
    return f"{count / 1_000_000:.4g}"
