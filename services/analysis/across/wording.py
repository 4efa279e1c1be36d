"""Ratios and differences as text, as verdicts write them."""

from __future__ import annotations

from services.core.summary import Interval


def times(ratio: Interval) -> str:
    """Return `1.92 times`."""
    return f"{ratio.estimate:.{_decimals(ratio)}f} times"


def bounds(ratio: Interval) -> str:
    """Return ` (1.88 to 1.95)`; empty where there are none."""
    if ratio.bounds is None:
        return ""
    decimals = _decimals(ratio)
    return f" ({ratio.low:.{decimals}f} to {ratio.high:.{decimals}f})"


def difference(of: float) -> str:
    """Return a relative difference: `0.4 %`, `7.2 %`, `31 %`, and `a factor of 3.7` from twice as much on."""
    if of >= 1:
        return f"a factor of {1 + of:.1f}"
    return f"{100 * of:.0f} %" if of >= 0.0995 else f"{100 * of:.1f} %"


def _decimals(ratio: Interval) -> int:
    """Return the decimals: one; two if the bounds are within 0.1; up to four if a value is near 1."""
    values = [value for value in (ratio.estimate, ratio.low, ratio.high) if value is not None]
    nearest = min((abs(value - 1) for value in values if value != 1), default=1.0)
    fewest = 2 if 0 < max(values) - min(values) < 0.1 else 1
    return next((decimals for decimals in (1, 2, 3) if decimals >= fewest and nearest >= 0.5 * 10**-decimals), 4)
