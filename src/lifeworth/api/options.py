"""How a workspace is served: where it listens, who may reach it, how much it takes. A setting that is not safe is refused."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from lifeworth.access.doors import IDLE_HOURS, SESSION_HOURS
from lifeworth.errors import OptionError

PORT = 8321
LOOPBACK = ("localhost", "127.0.0.1", "::1")
VARIABLE = "LIFEWORTH_SERVE"
"""Variable of the environment in which the command line hands the options to the workers, as JSON."""


class ServeOptions(BaseModel):
    """What `lifeworth serve` was told."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    workspace: Path = Field(Path("lifeworth-workspace"), description="Folder of the workspace.")
    state: str | None = Field(None, description="URL of the database of its state; by default state.db in the folder.")
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(PORT, ge=0, le=65_535, description="Port to listen on; 0 takes a free one.")
    workers: int = Field(1, ge=1, le=64, description="Processes that answer.")
    tls_cert: Path | None = Field(None, description="File of the certificate.")
    tls_key: Path | None = Field(None, description="File of its key.")
    behind_proxy: str | None = Field(
        None, description="Origin people use, where a proxy stands in front: https://clv.example.com"
    )
    trusted_proxies: tuple[str, ...] = Field(
        ("127.0.0.1", "::1"), description="Addresses whose word on who asks is taken."
    )
    idle_hours: float = Field(IDLE_HOURS, gt=0, le=720, description="A session ends after so long without a request.")
    session_hours: float = Field(SESSION_HOURS, gt=0, le=8_760, description="A session ends after so long in any case.")
    max_body: int = Field(1_000_000, ge=1_000, description="Bytes a request may bring.")
    max_callback: int = Field(20_000_000, ge=1_000, description="Bytes a callback of the dashboard may bring.")
    max_upload: int = Field(4_000_000_000, ge=1_000, description="Bytes a file may have that is uploaded.")
    body_seconds: float = Field(30, gt=0, description="Seconds without a byte after which a slow body is given up.")

    @field_validator("behind_proxy")
    @classmethod
    def _origin(cls, value: str | None) -> str | None:
        return None if value is None else _proxy_origin(value)

    @property
    def secure(self) -> bool:
        """Whether people reach it over TLS: cookies then travel over nothing else."""
        return self.tls_cert is not None or self.behind_proxy is not None

    @property
    def cookie(self) -> str:
        """Name of the cookie of a session.

        A browser sends a cookie to every port of a machine: a second workspace on another port must not overwrite that of the first.
        """
        if self.secure:
            return "__Host-lifeworth"
        return "lifeworth-session" if self.port == PORT else f"lifeworth-session-{self.port}"

    @property
    def origin(self) -> str:
        """What people type to come here."""
        if self.behind_proxy is not None:
            return self.behind_proxy
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::", ""} else self.host  # noqa: S104 - compared, not bound to
        return f"{'https' if self.secure else 'http'}://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def hosts(self) -> frozenset[str]:
        """Names this server answers to; any other is somebody's attempt to pass for it (DNS rebinding)."""
        named = {*LOOPBACK, self.host.lower()}
        if self.behind_proxy is not None:
            named.add(urlsplit(self.behind_proxy).hostname or "")
        return frozenset(named) - {"", "0.0.0.0", "::"}  # noqa: S104 - compared, not bound to

    @property
    def any_host(self) -> bool:
        """Whether it listens on every address over TLS of its own, where the certificate says what it is called."""
        return self.behind_proxy is None and self.tls_cert is not None and not _is_loopback(self.host)

    def refuse_if_unsafe(self) -> Self:
        """The options, if others can reach them only over TLS.

        Raises:
            OptionError: saying what is missing and the next step.
        """
        if (self.tls_cert is None) != (self.tls_key is None):
            raise OptionError(
                "A certificate and its key belong together.", hint="--tls-cert cert.pem --tls-key key.pem"
            )
        missing = [str(file) for file in (self.tls_cert, self.tls_key) if file is not None and not file.is_file()]
        if missing:
            raise OptionError(
                f"There is no file {' and no file '.join(missing)}.", hint="Check --tls-cert and --tls-key."
            )
        if not _is_loopback(self.host) and not self.secure:
            raise OptionError(
                f"Listening on {self.host or 'every address'} would let anybody on the network read along: there is no TLS.",
                hint="Either --tls-cert cert.pem --tls-key key.pem, or let a proxy do TLS: --behind-proxy https://clv.example.com\n"
                "For this machine alone leave --host away.",
            )
        return self


def told(**values: Any) -> ServeOptions:
    """Options from what somebody said; what they did not say (None) is as it is by default.

    Raises:
        OptionError: naming every value that cannot be used.
    """
    try:
        return ServeOptions(**{name: value for name, value in values.items() if value is not None})
    except ValidationError as error:
        faults = [
            f"--{'-'.join(str(part) for part in one['loc']).replace('_', '-')}: {one['msg'].removeprefix('Value error, ')}"
            for one in error.errors()
        ]
        raise OptionError("It cannot be served like this:", faults=faults, hint="lifeworth serve --help") from error


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _proxy_origin(text: str) -> str:
    """An https origin, in the form browsers send it."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise ValueError(f'"{text}" is no address') from error
    bare = parts.path in {"", "/"} and not parts.query and not parts.fragment and parts.username is None
    if parts.scheme != "https" or not parts.hostname or not bare or not text.isascii() or not text.isprintable():
        raise ValueError(f'"{text}" is no https origin, such as https://clv.example.com')
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"https://{host}" + ("" if port in {None, 443} else f":{port}")
