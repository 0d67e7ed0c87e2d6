"""Where browsers find the office's page."""

from __future__ import annotations

from dataclasses import dataclass

#: Every address of the machine.
ANY = frozenset({"0.0.0.0", "::"})  # noqa: S104 -- told apart here; binding is the operator's choice


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A host and port to serve on."""

    host: str
    port: int

    @property
    def shown(self) -> str:
        """To be typed at this machine."""
        host = "127.0.0.1" if self.host in ANY else self.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"
