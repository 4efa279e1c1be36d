"""How far a fitted line or law may be used beyond what was measured."""

from __future__ import annotations

from typing import Final

#: Up to so many times the highest concurrency that was measured: a judgement. Beyond that a fit is no evidence.
FURTHEST: Final = 10
