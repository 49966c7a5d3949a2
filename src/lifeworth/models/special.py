"""Functions of the gamma family, written so that nothing overflows and nothing cancels.

(c)ₙ = c (c+1) … (c+n−1) = Γ(c+n) ÷ Γ(c) is the rising factorial. For large c the difference of two log-gammas loses every
digit that matters, so it is taken term by term from Stirling's series instead (Abramowitz & Stegun 6.1.40).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

Array = NDArray[np.float64]

LARGE = 32.0
STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680)


def _broadcast(c: Any, n: Any) -> tuple[Array, Array]:
    both = np.broadcast_arrays(np.asarray(c, np.float64), np.asarray(n, np.float64))
    return both[0], both[1]


def log_rising(c: Any, n: Any) -> Array:
    """Logarithm of (c)ₙ = ln Γ(c+n) − ln Γ(c), for c > 0 and n ≥ 0; arguments broadcast."""
    c, n = _broadcast(c, n)
    big = c >= LARGE
    if not big.any():
        return np.asarray(special.gammaln(c + n) - special.gammaln(c))
    safe = np.where(big, c, LARGE)
    end = safe + n
    series = n * np.log(safe) + (end - 0.5) * np.log1p(n / safe) - n
    for k, coefficient in enumerate(STIRLING):
        power = 2 * k + 1
        series = series + coefficient * (end**-power - safe**-power)
    if big.all():
        return np.asarray(series)
    return np.asarray(np.where(big, series, special.gammaln(c + n) - special.gammaln(c)))


def digamma_rise(c: Any, n: Any) -> Array:
    """ψ(c+n) − ψ(c): the derivative of `log_rising` by c."""
    c, n = _broadcast(c, n)
    big = c >= LARGE
    if not big.any():
        return np.asarray(special.psi(c + n) - special.psi(c))
    safe = np.where(big, c, LARGE)
    end = safe + n
    series = np.log1p(n / safe) + 0.5 * n / (safe * end)
    for k, coefficient in enumerate(STIRLING):
        power = 2 * k + 2
        series = series - (power - 1) * coefficient * (end**-power - safe**-power)
    if big.all():
        return np.asarray(series)
    return np.asarray(np.where(big, series, special.psi(c + n) - special.psi(c)))


def trigamma_rise(c: Any, n: Any) -> Array:
    """ψ′(c+n) − ψ′(c): the second derivative of `log_rising` by c. Never positive."""
    c, n = _broadcast(c, n)
    big = c >= LARGE
    if not big.any():
        return np.asarray(special.zeta(2.0, c + n) - special.zeta(2.0, c))
    safe = np.where(big, c, LARGE)
    end = safe + n
    series = -n / (safe * end) * (1 + 0.5 * (1 / safe + 1 / end))
    for k, coefficient in enumerate(STIRLING):
        power = 2 * k + 3
        series = series + (power - 1) * (power - 2) * coefficient * (end**-power - safe**-power)
    if big.all():
        return np.asarray(series)
    return np.asarray(np.where(big, series, special.zeta(2.0, c + n) - special.zeta(2.0, c)))


def softplus(value: Any) -> Array:
    """ln(1 + eᵛ), for v of any size; −∞ gives 0."""
    return np.asarray(np.logaddexp(0.0, value))
