"""One thread for linear algebra: the products here are small, and further threads spin longer than they work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any


@contextmanager
def one_thread() -> Iterator[None]:
    """While it lasts, products of matrices use the thread they are asked in. Also a decorator: `@one_thread()`."""
    with _controller().limit(limits=1, user_api="blas"):
        yield


@cache
def _controller() -> Any:
    """What controls the libraries of linear algebra; SciPy has one of its own, so it has to be there to be found."""
    import scipy.linalg  # noqa: F401
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
