"""The race between a customer's next order and their leaving, when both come at random with rates of their own.

Alive at t after x repeat orders, a customer has λ ~ Gamma(r+x, α+t) and leaves at rate μ ~ Gamma(s, β+t). The chance that leaving comes
first is

    h(x, t) = s ÷ (R+s) · ₂F₁(1, R; R+s+1; z) = s ÷ (R+s) · E[1 ÷ (1 − z u)],   R = r+x,  z = (α−β) ÷ (α+t),  u ~ Beta(R, s+1),

by Euler's integral. Everything hard in Pareto/NBD is in this function. It lies between 0 and 1 whatever the customer, depends on
(x, t) alone, and its average over u is a quotient without exponentials, with nodes that all t of one x share. Derivatives by
R and s are covariances with ln u and ln(1−u) under the same weights, so they are as exact as the value.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lifeworth.models.distinct import Array, distinct
from lifeworth.models.likelihood import Jet
from lifeworth.models.quadrature import beta_nodes

R, ALPHA, S, BETA = range(4)


def leaves_first(x: Array, t: Array, r: Any, alpha: Any, s: Any, beta: Any, *, order: int) -> Jet:
    """h(x, t), with its derivatives by (r, α, s, β)."""
    shape, t, alpha, s, beta = (
        np.ascontiguousarray(v, np.float64).reshape(-1) for v in np.broadcast_arrays(r + x, t, alpha, s, beta)
    )
    end = alpha + t
    z, rest = (alpha - beta) / end, (beta + t) / end
    mean = _moments(shape, s, z, rest, order)
    both = shape + s
    c, c_r, c_s = s / both, -s / both**2, shape / both**2
    value = c * mean[0]
    if order == 0:
        return Jet(value)
    z_alpha, z_beta = rest / end, -1 / end
    h_r, h_s, h_z = c_r * mean[0] + c * mean[1], c_s * mean[0] + c * mean[2], c * mean[6]
    first = [h_r, h_z * z_alpha, h_s, h_z * z_beta]
    if order == 1:
        return Jet(value, first)
    h_rz, h_sz, h_zz = c_r * mean[6] + c * mean[7], c_s * mean[6] + c * mean[8], c * mean[9]
    second = {
        (R, R): 2 * s / both**3 * mean[0] + 2 * c_r * mean[1] + c * mean[3],
        (R, S): (s - shape) / both**3 * mean[0] + c_r * mean[2] + c_s * mean[1] + c * mean[4],
        (S, S): -2 * shape / both**3 * mean[0] + 2 * c_s * mean[2] + c * mean[5],
        (R, ALPHA): h_rz * z_alpha,
        (R, BETA): h_rz * z_beta,
        (ALPHA, S): h_sz * z_alpha,
        (S, BETA): h_sz * z_beta,
        (ALPHA, ALPHA): h_zz * z_alpha**2 - 2 * h_z * z_alpha / end,
        (ALPHA, BETA): h_zz * z_alpha * z_beta + h_z / end**2,
        (BETA, BETA): h_zz * z_beta**2,
    }
    return Jet(value, first, second)


def _moments(shape: Array, s: Array, z: Array, rest: Array, order: int) -> Array:
    """E[f] for f = 1 ÷ (1 − z u), and its derivatives by R, s, RR, Rs, ss, z, Rz, sz, zz (10 × rows, as many as `order` asks for)."""
    shapes = distinct([shape, s], None)
    assert shapes.place is not None  # noqa: S101 - told to distinct() by its default
    left, right = np.ones(shapes.weights.size), np.ones(shapes.weights.size)
    np.maximum.at(left, shapes.place, -z)
    np.maximum.at(right, shapes.place, z / rest)
    log_u, log_v, weights = beta_nodes(shapes.columns[0], shapes.columns[1] + 1, left, right)
    u, v = np.exp(log_u), np.exp(log_v)
    result = np.zeros((10, z.size))
    rows_of = np.argsort(shapes.place, kind="stable")
    bounds = np.r_[0, np.cumsum(shapes.weights).astype(np.int64)]
    for group, w in enumerate(weights):
        rows = rows_of[bounds[group] : bounds[group + 1]]
        zs = z[rows, None]
        # 1 − z u, written from the side on which it does not cancel
        f = 1 / np.where(zs > 0, rest[rows, None] + zs * v[group], 1 - zs * u[group])
        if order == 0:
            result[0, rows] = f @ w
            continue
        along = np.stack([log_u[group], log_v[group]])
        along -= (along @ w)[:, None]
        slopes = np.stack([w, w * along[0], w * along[1]], axis=1)
        bent = u[group] * f * f
        if order == 1:
            result[:3, rows] = (f @ slopes).T
            result[6, rows] = bent @ w
            continue
        squares = np.stack([along[0] ** 2, along[0] * along[1], along[1] ** 2], axis=1)
        squares = w[:, None] * (squares - w @ squares)
        result[:6, rows] = (f @ np.hstack([slopes, squares])).T
        result[6:9, rows] = (bent @ slopes).T
        result[9, rows] = (2 * u[group] * f * bent) @ w
    return result
