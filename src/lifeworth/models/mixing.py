"""How customers differ: the distributions over customers that a model mixes, each with its mean, its tails and its points.

A distribution may hold parameters that are arrays, one for each kind of customer (a model with covariates gives each kind its
own); its answers then broadcast over them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy import special

from lifeworth.models.distinct import Array

Trait = Literal["order rate", "order chance", "leaving rate", "leaving chance", "mean spend"]
"""What a customer has of their own: rates a unit of time, chances at one opportunity, money of a purchase."""


@dataclass(frozen=True)
class Mixing(ABC):
    """How one trait of customers is distributed over them."""

    trait: Trait

    @property
    @abstractmethod
    def mean(self) -> Array:
        """The mean over customers; infinite where there is none."""

    @abstractmethod
    def above(self, value: Any) -> Array:
        """Share of customers whose trait lies above `value`."""

    @abstractmethod
    def held_above(self, value: Any) -> Array:
        """Mean over all customers of the trait of those above `value`, the others counted as 0; at 0 it is the mean."""

    @abstractmethod
    def point(self, level: float) -> Array:
        """The value that `level` of all customers stay under."""


@dataclass(frozen=True)
class GammaMixing(Mixing):
    """Gamma over customers: shape r and rate α, with mean r ÷ α."""

    shape: Any
    rate: Any

    @property
    def mean(self) -> Array:
        """Shape ÷ rate."""
        return np.asarray(self.shape / self.rate)

    def above(self, value: Any) -> Array:
        """The upper incomplete gamma function."""
        return np.asarray(special.gammaincc(self.shape, self.rate * value))

    def held_above(self, value: Any) -> Array:
        """λ times a gamma density is the mean times one with a shape higher by 1."""
        return np.asarray(self.mean * special.gammaincc(self.shape + 1, self.rate * value))

    def point(self, level: float) -> Array:
        """By the inverse of the incomplete gamma function."""
        return np.asarray(special.gammaincinv(self.shape, level) / self.rate)


@dataclass(frozen=True)
class BetaMixing(Mixing):
    """Beta over customers: shapes a and b, with mean a ÷ (a + b)."""

    a: Any
    b: Any

    @property
    def mean(self) -> Array:
        """The mean chance, a ÷ (a + b)."""
        return np.asarray(self.a / (self.a + self.b))

    def above(self, value: Any) -> Array:
        """The incomplete beta function, from its other end."""
        return np.asarray(special.betainc(self.b, self.a, 1 - np.clip(value, 0.0, 1.0)))

    def held_above(self, value: Any) -> Array:
        """P times a beta density is the mean times one with a first shape higher by 1."""
        return np.asarray(self.mean * special.betainc(self.b, self.a + 1, 1 - np.clip(value, 0.0, 1.0)))

    def point(self, level: float) -> Array:
        """By the inverse of the incomplete beta function."""
        return np.asarray(special.betaincinv(self.a, self.b, level))


@dataclass(frozen=True)
class InverseGammaMixing(Mixing):
    """What `scale` ÷ Gamma(shape, 1) gives: the mean purchases p ÷ ν of Gamma-Gamma, with ν ~ Gamma(q, v), shape q, scale p v."""

    shape: Any
    scale: Any

    @property
    def mean(self) -> Array:
        """Scale ÷ (shape − 1), infinite up to a shape of 1."""
        finite = np.asarray(self.shape) > 1
        return np.where(finite, self.scale / np.where(finite, np.subtract(self.shape, 1), 1.0), np.inf)

    def above(self, value: Any) -> Array:
        """The trait is large where the gamma variable is small."""
        return np.asarray(special.gammainc(self.shape, self.scale / np.maximum(value, 1e-300)))

    def held_above(self, value: Any) -> Array:
        """As for the gamma distribution, with a shape lower by 1."""
        if not np.isfinite(self.mean).all():
            return np.full(np.broadcast_shapes(np.shape(self.mean), np.shape(value)), np.inf)
        return np.asarray(
            self.mean * special.gammainc(np.subtract(self.shape, 1), self.scale / np.maximum(value, 1e-300))
        )

    def point(self, level: float) -> Array:
        """By the inverse of the upper incomplete gamma function."""
        return np.asarray(self.scale / special.gammainccinv(self.shape, level))
