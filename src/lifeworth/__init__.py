"""What is each customer worth, why, and what should we do about it?

The front door: names are loaded when they are first used (PEP 562), so `import lifeworth` costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lifeworth.clv.simple import SimpleCLV as SimpleCLV
    from lifeworth.data.synthetic import generate as generate
    from lifeworth.errors import DataError as DataError
    from lifeworth.errors import InputError as InputError
    from lifeworth.errors import LifeworthError as LifeworthError
    from lifeworth.errors import ModelError as ModelError
    from lifeworth.job import RunResult as RunResult
    from lifeworth.job import check as check
    from lifeworth.job import run as run
    from lifeworth.settings import Settings as Settings
    from lifeworth.units import Money as Money
    from lifeworth.units import Period as Period
    from lifeworth.units import Rate as Rate
    from lifeworth.units import TimeUnit as TimeUnit
    from lifeworth.workspace import Workspace as Workspace

_HOMES = {
    "DataError": "lifeworth.errors",
    "InputError": "lifeworth.errors",
    "LifeworthError": "lifeworth.errors",
    "ModelError": "lifeworth.errors",
    "Money": "lifeworth.units",
    "Period": "lifeworth.units",
    "Rate": "lifeworth.units",
    "RunResult": "lifeworth.job",
    "Settings": "lifeworth.settings",
    "SimpleCLV": "lifeworth.clv.simple",
    "TimeUnit": "lifeworth.units",
    "Workspace": "lifeworth.workspace",
    "check": "lifeworth.job",
    "generate": "lifeworth.data.synthetic",
    "run": "lifeworth.job",
}

__all__ = list(_HOMES)
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'lifeworth' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
