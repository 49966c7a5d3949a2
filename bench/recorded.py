"""Figures of the peers measured earlier, for a machine on which a peer cannot be installed. A figure used from here is called recorded.

Measured on 21 November 2026 on a machine of 2 cores with the versions of `harness.PEERS`; CPU seconds at a million simulated
customers, if nothing else is said.
"""

from __future__ import annotations

WHEN = "21 Nov 2026"

LIFETIMES = {
    "fit BG/NBD": 11.6,
    "expected orders BG/NBD": 0.34,
    "P(alive) BG/NBD": 0.02,
    "fit Pareto/NBD": 280.0,
    "expected orders Pareto/NBD": 0.94,
    "P(alive) Pareto/NBD": 1.6,
    "fit Gamma-Gamma": 3.8,
    "12-month CLV": 8.1,
}
PYMC = {"fit BG/NBD": 7.6}

NUTS_WALL = 20.0 + 2.7
"""Wall seconds on CDNOW's sample: the fit with a warm cache on a quiet machine, and the expected orders of all customers."""
NUTS_MANY = 480
"""Wall seconds after which its default sampler and that of NumPyro, on 100,000 customers, were stopped before they had ended."""
