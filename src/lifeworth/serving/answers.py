"""Answers of actions, worked out once for each run and question, and kept.

A page of the dashboard asks what the command line asks. What the run already drew for its report is there at once; everything else
is worked out beside the server on an engine of its own, waited for a moment and else looked after: a face shows that it is under
way, asks again, and may stop it. An answer is kept beside the run it belongs to, so that all workers and a server that starts anew
find it.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lifeworth.data import disk
from lifeworth.engine.base import Engine
from lifeworth.engine.connect import connect
from lifeworth.errors import LifeworthError, StoppedError
from lifeworth.parts import Action
from lifeworth.report.read import spec_of
from lifeworth.report.spec import Page, Table, plain
from lifeworth.serving.copy import edition, keeping
from lifeworth.settings import read as read_settings
from lifeworth.workspace import Workspace

AT_ONCE = 1
"""Answers worked out at the same time in a process; each may use all cores and much memory."""
KEPT = 64
"""Answers kept in memory; all are kept on disk."""
MEMORY = "768MB"
"""What an answer may use before it spills to disk."""


@dataclass(frozen=True, slots=True)
class Pending:
    """An answer that is still being worked out: ask again with the same question, or stop it by its key."""

    key: str


class Answers:
    """The answers of one workspace."""

    def __init__(self, root: Path, folder: Path) -> None:
        """Keep answers to questions about the workspace `root` under `folder`, one folder a run."""
        self._root, self._folder = root, folder
        self._environment = read_settings(None).model_dump(mode="json", fallback=str)
        self._kept: OrderedDict[str, Any] = OrderedDict()
        self._under_way: dict[str, Future[Any]] = {}
        self._engines: dict[str, Engine] = {}
        self._stopped: set[str] = set()
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="answer")

    def ask(
        self, run_id: str, action: Action, arguments: Mapping[str, Any], wait: float | None = None
    ) -> Page | Table | Pending:
        """The answer of an action for a run.

        Args:
            run_id: The run it is about.
            action: What is asked.
            arguments: Its arguments, read (`asked.given`).
            wait: Seconds to wait; without it, until it is there.

        Raises:
            LifeworthError: as the action raises it; StoppedError if somebody stopped it.
        """
        seen = edition(self._root, run_id)
        key = self._key(f"{run_id} {seen}", action, arguments)
        with self._lock:
            if key in self._kept and not action.live:
                self._kept.move_to_end(key)
                found: Page | Table = self._kept[key]
                return found
            under_way = self._under_way.get(key)
            if under_way is None:
                self._stopped.discard(key)
                under_way = self._pool.submit(self._work_out, key, run_id, seen, action, dict(arguments))
                self._under_way[key] = under_way
        try:
            answer: Page | Table = under_way.result(wait)
        except NotYet:
            return Pending(key)
        finally:
            if under_way.done():
                with self._lock:
                    if self._under_way.get(key) is under_way:
                        del self._under_way[key]
        return answer

    def stop(self, key: str) -> bool:
        """Stop working out an answer; whether it was under way."""
        with self._lock:
            future, engine = self._under_way.get(key), self._engines.get(key)
            if future is None:
                return False
            self._stopped.add(key)
            cancelled = future.cancel()
            if cancelled:
                del self._under_way[key]
        if engine is not None:
            engine.interrupt()
        return cancelled or engine is not None

    def forget(self) -> None:
        """Let go of the answers in memory: a run was changed, and they are about what it was."""
        with self._lock:
            self._kept.clear()

    def close(self) -> None:
        """Stop everything that is under way."""
        for key in [*self._under_way]:
            self.stop(key)
        self._pool.shutdown(wait=False, cancel_futures=True)

    # -- inside -------------------------------------------------------------------------------------------------------
    def _work_out(self, key: str, run_id: str, seen: str, action: Action, arguments: dict[str, Any]) -> Page | Table:
        file = self._folder / run_id / "answers" / f"{key}.json"
        answer = None if action.live else _kept_on_disk(file)
        if answer is None:
            spill = self._folder / "spill"
            with connect(memory_limit=MEMORY, spill=spill) as engine:
                with self._lock:
                    if key in self._stopped:
                        raise StoppedError("It was stopped before it began.", hint="Ask again.")
                    self._engines[key] = engine
                try:
                    with Workspace.open(self._root, engine=engine, run_id=run_id) as workspace:
                        answer = _answered(action, workspace, arguments, self._root)
                finally:
                    with self._lock:
                        self._engines.pop(key, None)
            if action.live:
                return answer
            with suppress(LifeworthError), keeping(self._root, run_id, seen) as same:
                if same:
                    _keep_on_disk(file, answer)
        with self._lock:
            self._kept[key] = answer
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return answer

    def _key(self, run_id: str, action: Action, arguments: Mapping[str, Any]) -> str:
        """The same question about the same run under the same settings has the same key."""
        told = sorted((name, str(value)) for name, value in arguments.items())
        said = [run_id, action.part, action.name, told, self._environment, _text_of(self._root / "lifeworth.toml")]
        return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()[:32]


def _answered(action: Action, workspace: Workspace, arguments: dict[str, Any], root: Path) -> Page | Table:
    import inspect

    function = action.load()
    names = inspect.signature(function).parameters
    if "ws" in names:
        return function(workspace, **arguments)  # type: ignore[no-any-return]
    if "workspace" in names:
        arguments = {**arguments, "workspace": root}
    return function(**arguments)  # type: ignore[no-any-return]


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError:
        return ""


def _kept_on_disk(file: Path) -> Page | Table | None:
    """An answer as it was kept; one that cannot be read is as good as none."""
    try:
        found: Page | Table = spec_of(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None
    return found


def _keep_on_disk(file: Path, answer: Page | Table) -> None:
    """Keep an answer; where there is no room for it, it is worked out anew next time."""
    part = file.with_suffix(f".{threading.get_ident()}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(plain(answer), ensure_ascii=False), encoding="utf-8")
        part.replace(file)
    except OSError:
        disk.remove(part)
