"""Small steps between NumPy and Arrow that every file here takes: streams of chance, labels, exact money."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def stream(seed: int, subject: str) -> np.random.Generator:
    """The stream of chance of one subject: a change in one subject leaves all the others as they were."""
    return np.random.default_rng([seed, zlib.crc32(subject.encode())])


def pick(words: Sequence[str], index: Ints) -> pa.Array:
    """`words[index]` as Arrow text; a negative index gives null."""
    wanted = pa.array(index, mask=index < 0)
    return pa.array(list(words), pa.string()).take(wanted)


def label(prefix: str, number: Ints, *, missing: Bools | None = None) -> pa.Array:
    """Names such as "C100042": the prefix and the number; null where `missing`."""
    text = pc.binary_join_element_wise(pa.scalar(prefix), pc.cast(pa.array(number, mask=missing), pa.string()), "")
    return text.combine_chunks() if isinstance(text, pa.ChunkedArray) else text


def cents(amount: Ints, *, missing: Bools | None = None) -> pa.Array:
    """Whole cents as DECIMAL(18, 4), the money of the house, without a detour through floats."""
    # A decimal of 128 bits is two little-endian words: the value in ten-thousandths and its sign.
    words = np.empty((len(amount), 2), dtype="<i8")
    words[:, 0] = amount * 100
    words[:, 1] = -(amount < 0).astype(np.int64)
    exact = pa.Array.from_buffers(pa.decimal128(18, 4), len(amount), [None, pa.py_buffer(words)])
    return exact if missing is None else pc.if_else(pa.array(missing), pa.scalar(None, exact.type), exact)


def euros(amount: int | np.integer[Any]) -> str:
    """Whole cents as a person writes them: "12.30"."""
    return str((Decimal(int(amount)) / 100).quantize(Decimal("0.01")))


def choose(rng: np.random.Generator, weights: Floats) -> Ints:
    """One column for each row of `weights` (rows, choices), with probability in proportion to the weight."""
    edges = np.cumsum(weights, axis=1)
    point = rng.random(len(weights)) * edges[:, -1]
    chosen = np.minimum((point[:, None] >= edges).sum(axis=1), weights.shape[1] - 1)
    return np.asarray(chosen, dtype=np.int64)


def logistic(value: Floats) -> Floats:
    """The probability with these log odds."""
    return np.asarray(1.0 / (1.0 + np.exp(-value)), dtype=np.float64)


def log_odds(probability: Floats) -> Floats:
    """The log odds of a probability, kept finite at 0 and 1."""
    safe = np.clip(probability, 1e-9, 1 - 1e-9)
    return np.asarray(np.log(safe) - np.log1p(-safe), dtype=np.float64)
