"""MBG/NBD: as BG/NBD, but the first purchase too may be the last."""

from __future__ import annotations

from typing import ClassVar

from lifeworth.models.geometric_dropout import GeometricDropout


class ModifiedBetaGeoNBD(GeometricDropout):
    """The modified BG/NBD model of Batislam, Denizel & Filiztekin (2007), IJRM 24(3); the same as Hoppe & Wagner's CBG/NBD (2007)."""

    name = "MBG/NBD"
    key = "modified_beta_geo_nbd"
    risk: ClassVar[int] = 1
    source = "Batislam, Denizel & Filiztekin (2007), Int. J. of Research in Marketing 24(3), 201-209"
    assumptions = (
        "While alive, a customer orders at random times at a steady rate of their own.",
        "These rates are gamma-distributed over customers (r, alpha).",
        "After each purchase, the first included, a customer leaves for good with a chance of their own.",
        "These chances are beta-distributed over customers (a, b) and have nothing to do with the rates.",
    )
