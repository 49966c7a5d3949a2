"""One request in hand, and its answer: what every resource is written against. Nothing here knows how it came over the wire."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from lifeworth.access.doors import Doors
from lifeworth.access.roles import Principal
from lifeworth.access.trail import Trail
from lifeworth.api.looks import Looks
from lifeworth.asked import Asked
from lifeworth.errors import InputError, OptionError, UnknownPersonError, near
from lifeworth.jobs.jobs import Jobs
from lifeworth.jobs.uploads import Uploads
from lifeworth.serving.desk import Desk

Schema: TypeAlias = Mapping[str, Any]
"""A JSON schema of OpenAPI 3.1."""


@dataclass(frozen=True, slots=True)
class House:
    """What the API stands on: one of each for a process."""

    desk: Desk
    doors: Doors
    trail: Trail
    jobs: Jobs
    uploads: Uploads
    looks: Looks


@dataclass(slots=True)
class Call:
    """A request, read and permitted.

    Attributes:
        house: What it may be answered from.
        who: Who asks; nobody where the route is open to all.
        path: Values of the names in the path.
        said: Values of the parameters the route knows, read.
        texts: Everything behind the question mark, as texts.
        body: The JSON of a write.
        headers: The request's headers, names in lower case.
        address: Path and question of the request.
        origin: The address it came from.
        stream: The bytes of the body, where the route takes them as they come.
    """

    house: House
    who: Principal | None
    path: Mapping[str, str]
    said: Mapping[str, Any]
    texts: Mapping[str, str]
    body: Mapping[str, Any]
    headers: Mapping[str, str]
    address: str
    origin: str = ""
    stream: AsyncIterator[bytes] | None = None

    @property
    def person(self) -> Principal:
        """Who asks.

        Raises:
            UnknownPersonError: if nobody is signed in.
        """
        if self.who is None:
            raise UnknownPersonError("Nobody is signed in.", hint="Send the header: Authorization: Bearer TOKEN")
        return self.who

    @property
    def personal(self) -> bool:
        """Whether who asks may see personal data."""
        return self.who is not None and self.who.personal

    def note(self, action: str, subject: str = "", **detail: Any) -> None:
        """Write into the trail what was seen or changed."""
        self.house.trail.note(self.person.name, action, subject, origin=self.origin, detail=detail)

    def look(self, action: str, subject: str) -> None:
        """Write into the trail, within half a second, that a single customer was looked at."""
        self.house.looks.note(self.person.name, action, subject, self.origin)


@dataclass(slots=True)
class Answer:
    """What is said in return: JSON values, or a stream of bytes.

    Attributes:
        secret: Keys of the body that are shown once and kept nowhere.
    """

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    stream: Iterator[bytes] | None = None
    media_type: str = "application/json"
    secret: tuple[str, ...] = ()


Handler: TypeAlias = Callable[[Call], Answer]
Tie: TypeAlias = Literal["run", "body", "none"]


@dataclass(frozen=True, slots=True)
class Route:
    """An address of the API: what it takes, what it answers, and the function behind it.

    Attributes:
        method: GET, POST, PUT, PATCH or DELETE.
        path: Below `/api/v1`, names in braces.
        name: Its operation id.
        about: What it does: the first sentence is its summary.
        handler: What answers; an async one where `streams`.
        asks: Parameters behind the question mark.
        open_ended: Whether it takes parameters that cannot be listed, such as columns of the user's own.
        takes: Schema of the JSON body of a write.
        gives: Schema of the answer.
        example: An answer.
        tag: The group it is shown in.
        tied: What the answer changes with: the run in hand, only its own body, or nothing a tag could say.
        quick: Whether it is answered in less than a millisecond, and so on the loop itself.
        streams: Whether it takes the body as it comes in.
        media: Other types than JSON that it answers with.
        also: Statuses beside 200 and the faults all routes share, each with what it means.
    """

    method: str
    path: str
    name: str
    about: str
    handler: Any
    tag: str
    gives: Schema
    asks: tuple[Asked, ...] = ()
    open_ended: bool = False
    takes: Schema | None = None
    example: Any = None
    tied: Tie = "body"
    quick: bool = False
    streams: bool = False
    media: tuple[str, ...] = ()
    also: Mapping[int, str] = field(default_factory=dict)
    status: int = 200

    @property
    def key(self) -> str:
        """How the table of permits names it."""
        return f"{self.method} {self.path}"

    @property
    def writes(self) -> bool:
        """Whether it changes something."""
        return self.method not in {"GET", "HEAD"}


def field_of(
    body: Mapping[str, Any], name: str, kind: type | tuple[type, ...], *, default: Any = ..., most: int = 4_000
) -> Any:
    """A field of a JSON body, of the type it must have.

    Raises:
        OptionError: if it is missing, of another type, or longer than `most`.
    """
    if name not in body or body[name] is None:
        if default is ...:
            raise OptionError(f"{name} is missing.", hint="The description of the API has every field: /api/v1/docs")
        return default
    value = body[name]
    wanted = kind if isinstance(kind, tuple) else (kind,)
    if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
        raise OptionError(f"{name} must be {' or '.join(_WORDS.get(one, one.__name__) for one in wanted)}.")
    if isinstance(value, str | list | dict) and len(value) > most:
        raise OptionError(f"{name} is longer than {most:,}.")
    if isinstance(value, str) and "\x00" in value:
        raise OptionError(f"{name} holds a zero byte.")
    return value


def known_fields(body: Mapping[str, Any], known: tuple[str, ...]) -> None:
    """Refuse fields of a body that mean nothing: a misspelt one must not be dropped in silence.

    Raises:
        OptionError: naming each.
    """
    faults = [f'"{name}" is not a field. {near(name, known)}'.rstrip() for name in body if name not in known]
    if faults:
        raise OptionError("The body has fields that are not known:", faults=faults, allowed=known)


def texts_of(body: Mapping[str, Any], name: str, most: int = 100) -> list[str]:
    """A list of texts in a body.

    Raises:
        OptionError: if it is something else.
    """
    found = field_of(body, name, list, default=[], most=most)
    if not all(isinstance(one, str) for one in found):
        raise InputError(f"{name} must be a list of texts.")
    return [str(one) for one in found]


_WORDS = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "an object",
}
