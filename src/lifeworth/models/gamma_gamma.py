"""Gamma-Gamma: what a purchase is worth, when only each customer's mean is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from lifeworth.errors import DataError, ModelError
from lifeworth.models.base import Fitted, Model, Parameter
from lifeworth.models.distinct import Array
from lifeworth.models.history import SpendHistory
from lifeworth.models.likelihood import Jet, Term
from lifeworth.models.mixing import InverseGammaMixing, Mixing
from lifeworth.models.prior import SHAPE, Belief, Prior
from lifeworth.models.special import digamma_rise, log_rising, trigamma_rise

P, Q, V = range(3)


def count_term(x: Array, p: Any, q: Any, v: Any, *, order: int) -> Jet:
    """Logarithm of Γ(px+q) ÷ (Γ(px) Γ(q)): what only the number of purchases tells. Rising over the smaller of px and q: either may be of any size."""
    px = p * x
    few = log_rising(q, px) - special.gammaln(px)
    value = np.where(px > q, log_rising(px, q) - special.gammaln(q), few)
    if order == 0:
        return Jet(value)
    # ψ(px+q) − ψ(px), and its derivative, from the side on which nothing cancels
    gap, bend = digamma_rise(px, q), trigamma_rise(px, q)
    first = [x * gap, digamma_rise(q, px), 0.0]
    if order == 1:
        return Jet(value, first)
    return Jet(value, first, {(P, P): x**2 * bend, (P, Q): x * special.zeta(2.0, px + q), (Q, Q): trigamma_rise(q, px)})


def value_term(x: Array, mean_value: Array, p: Any, q: Any, v: Any, *, order: int) -> Jet:
    """Logarithm of (v ÷ (v + x m))^q (x m ÷ (v + x m))^(px) ÷ m, with m the mean value: equation (1a) of the note.

    In these quotients nothing cancels where purchases are all alike: p then goes to infinity and v to 0, with p v held.
    """
    spent = x * mean_value
    rise, rest = np.log1p(spent / v), np.log1p(v / spent)
    px = p * x
    value = -q * rise - px * rest - np.log(mean_value)
    if order == 0:
        return Jet(value)
    end = v + spent
    first = [-x * rest, -rise, (q * spent / v - px) / end]
    if order == 1:
        return Jet(value, first)
    second = {(P, V): -x / end, (Q, V): spent / (v * end), (V, V): (px + q) / end**2 - q / v**2}
    return Jet(value, first, second)


def of_buyers(kernel: Callable[..., Jet]) -> Callable[..., Jet]:
    """The kernel for customers with purchases; of one without any, nothing is known, and the likelihood is 1."""

    def guarded(x: Array, *rest: Any, order: int) -> Jet:
        known = x > 0
        if known.all():
            return kernel(x, *rest, order=order)
        jet = kernel(*(np.where(known, v, 1.0) if np.shape(v) == np.shape(x) else v for v in (x, *rest)), order=order)
        first = None if jet.first is None else [known * slope for slope in jet.first]
        second = None if jet.second is None else {pair: known * curve for pair, curve in jet.second.items()}
        return Jet(known * jet.value, first, second)

    return guarded


@dataclass(frozen=True, eq=False)
class FittedSpend(Fitted[SpendHistory]):
    """A fitted Gamma-Gamma model."""

    @property
    def mean_is_finite(self) -> bool:
        """Whether the population has a finite mean purchase (q > 1)."""
        return self.parameters["q"] > 1

    @property
    def notes(self) -> tuple[str, ...]:
        """As for every model, and that a population without a finite mean has none."""
        said = super().notes
        if self.mean_is_finite:
            return said
        endless = (
            f"q = {self.parameters['q']:.3g} is not above 1: customers differ so much that a mean purchase of all of them does not exist; "
            "a customer of whom too little is known is given the observed mean purchase, and a few customers decide every total."
        )
        return (*said, endless)

    def expected_value(self, s: SpendHistory) -> Array:
        """Expected value of a customer's next purchase, equation (5) of the note: p (v + x m) ÷ (p x + q − 1).

        For x = 0 it is the population's mean p v ÷ (q − 1). Where the model has no finite mean (q ≤ 1 and few purchases), it is
        the mean purchase of the data fitted to, and the notes say so.
        """
        p, q, v = self.theta
        below = p * s.x + q - 1
        spent = np.where(s.x > 0, s.x * s.mean_value, 0.0)
        fallback = self.data.get("mean_value", np.inf)
        return np.where(below > 0, p * (v + spent) / np.where(below > 0, below, 1.0), fallback)

    def mean_value(self) -> float:
        """Mean purchase of the population, p v ÷ (q − 1).

        Raises:
            ModelError: if it is not finite.
        """
        p, q, v = self.theta
        if q <= 1:
            raise ModelError(
                f"With q = {q:.3g} the population has no finite mean purchase.",
                hint="Use the observed mean order value.",
            )
        return float(p * v / (q - 1))

    def simulate(self, x: Array, rng: np.random.Generator) -> SpendHistory:
        """Draw customers with `x` purchases each and the mean of those."""
        p, q, v = self.theta
        x = np.asarray(x, np.float64)
        nu = rng.gamma(q, 1 / v, x.size)
        known = x > 0
        means = np.zeros(x.size)
        means[known] = rng.gamma(p * x[known]) / (nu[known] * x[known])
        return SpendHistory(x, means)


class GammaGamma(Model[SpendHistory]):
    """The gamma-gamma model of monetary value, Fader & Hardie (2013), 'The Gamma-Gamma Model of Monetary Value'.

    A customer's purchases are Gamma(p, ν), and ν ~ Gamma(q, v) over customers. The mean purchase of the population is
    p v ÷ (q − 1), which is finite only for q > 1.
    """

    name = "Gamma-Gamma"
    key = "gamma_gamma"
    result = FittedSpend
    source = (
        "Fader & Hardie (2013), brucehardie.com/notes/025; Fader, Hardie & Lee (2005), J. of Marketing Research 42(4)"
    )
    assumptions = (
        "A customer's purchases vary around a mean of their own (gamma-distributed, shape p).",
        "These means vary over customers (q, v) but not over time.",
        "What a customer spends on a purchase has nothing to do with how often they buy.",
    )
    parameters = (
        Parameter("p", "shape of a customer's purchases: the larger, the more alike they are"),
        Parameter("q", "shape of the means over customers: the larger, the more alike customers are"),
        Parameter("v", "scale of the means over customers, in money"),
    )

    @property
    def terms(self) -> Sequence[Term]:
        """Equation (1a) of the note, split by what its factors depend on."""
        return (Term(("x",), of_buyers(count_term)), Term(("x", "mean_value"), of_buyers(value_term)))

    def mixing(self, p: Any, q: Any, v: Any) -> tuple[Mixing, ...]:
        """Mean purchases p ÷ ν, with ν ~ Gamma(q, v)."""
        return (InverseGammaMixing("mean spend", q, p * v),)

    def relevant(self, data: SpendHistory) -> SpendHistory:
        """The customers with at least one purchase."""
        return data.with_purchases()

    def starts(self, cells: SpendHistory) -> Sequence[Mapping[str, float]]:
        """From the mean purchase; the shapes from narrow to wide."""
        w = cells.counts
        mean = float(w @ cells.mean_value) / float(w.sum())
        return [
            {"p": p, "q": q, "v": mean * (q - 1) / p} for p, q in ((4.0, 4.0), (1.0, 2.5), (20.0, 3.0), (4.0, 20.0))
        ]

    def default_prior(self, cells: SpendHistory) -> Prior:
        """Purchases of a customer are more alike than those of two, and their mean is near the observed one."""
        bought = cells.counts * cells.x
        mean = float(bought @ cells.mean_value) / float(bought.sum())
        return Prior.of(
            {
                "p": Belief(4.0, SHAPE, "purchases of one customer vary by about half their mean"),
                "q": Belief(
                    4.0,
                    1.0,
                    "means of customers vary by about as much, and are hardly ever so uneven that they have no mean (q below 1)",
                ),
                "v": Belief(0.75 * mean, SHAPE, "p v ÷ (q − 1) is near the mean purchase observed"),
            },
            "default",
        )

    def check(self, cells: SpendHistory) -> None:
        """How purchases of one customer vary shows only in customers with several."""
        if not (cells.x > 1).any():
            raise DataError(
                "No customer has a mean over two or more purchases, so what varies within a customer cannot be told from what varies between them.",
                hint="Include the first purchase in the mean, or use the mean order value.",
            )
        if np.ptp(cells.mean_value) == 0:
            raise DataError(
                "All customers spend exactly the same, so there is nothing to model.", hint="Use that value."
            )
