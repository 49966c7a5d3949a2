"""BG/NBD: customers order at their own rate and may leave for good after each repeat order."""

from __future__ import annotations

from typing import ClassVar

from lifeworth.models.geometric_dropout import GeometricDropout


class BetaGeoNBD(GeometricDropout):
    """The beta-geometric/NBD model of Fader, Hardie & Lee (2005), '"Counting Your Customers" the Easy Way', Marketing Science 24(2).

    A customer who has not yet reordered is taken to be alive: P(alive) is 1 for x = 0. Where that is not believable,
    ModifiedBetaGeoNBD gives the first purchase a chance of being the last.
    """

    name = "BG/NBD"
    key = "beta_geo_nbd"
    risk: ClassVar[int] = 0
    source = "Fader, Hardie & Lee (2005), Marketing Science 24(2), 275-284"
    assumptions = (
        "While alive, a customer orders at random times at a steady rate of their own.",
        "These rates are gamma-distributed over customers (r, alpha).",
        "After each repeat order a customer leaves for good with a chance of their own.",
        "These chances are beta-distributed over customers (a, b) and have nothing to do with the rates.",
    )
