"""Wall and CPU seconds of the steps of one side, printed as a line of JSON at its end.

Imported by every side, also by those that run in a peer's environment: nothing but the standard library.
"""

from __future__ import annotations

import json
import resource
import statistics
import time
from collections.abc import Callable
from typing import Any


def cpu() -> float:
    """CPU seconds of this process and of those it started and waited for."""
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


class Clock:
    """The first step has all CPU since the process began: the interpreter's own start belongs to the import."""

    def __init__(self) -> None:
        self.steps: dict[str, list[float]] = {}
        self._wall, self._cpu = time.perf_counter(), 0.0

    def lap(self, name: str) -> None:
        """What was done since the last lap is the step of that name."""
        now, spent = time.perf_counter(), cpu()
        self.steps[name] = [round(now - self._wall, 4), round(spent - self._cpu, 4)]
        self._wall, self._cpu = now, spent

    def skip(self) -> None:
        """What was done since the last lap belongs to no step."""
        self._wall, self._cpu = time.perf_counter(), cpu()

    def answers(self, name: str, ask: Callable[..., Any], given: Callable[[], tuple[Any, ...]], times: int = 5) -> Any:
        """The median of so many answers, each to arguments made anew, so that nothing is remembered from one to the next."""
        walls, cpus, answer = [], [], None
        for _ in range(times):
            arguments = given()
            self.skip()
            answer = ask(*arguments)
            walls.append(time.perf_counter() - self._wall)
            cpus.append(cpu() - self._cpu)
        self.steps[name] = [round(statistics.median(walls), 4), round(statistics.median(cpus), 4)]
        self.skip()
        return answer

    def say(self, **more: Any) -> None:
        """The line of JSON."""
        print(json.dumps({"steps": self.steps, **more}))
