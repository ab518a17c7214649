"""The exceptions of Prossima.

An error carries a code and fields and no sentence: the sentence is made where it is
shown, in the reader's language (`data.texts`). Fields never hold a coordinate, a name
or the value of a contact record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Phrase:
    """A field of an error that is itself said by a code and fields."""

    code: str
    fields: Mapping[str, object] = field(default_factory=dict)


class ProssimaError(Exception):
    """Base of all our errors: `code` names the kind, `fields` fill its sentence."""

    def __init__(self, code: str, **fields: object) -> None:
        self.code = code
        self.fields = fields
        super().__init__(code, fields)

    def __reduce__(self) -> tuple[object, ...]:
        # An error travels between processes with its fields.
        return (_again, (type(self), self.code, self.fields))

    def __str__(self) -> str:
        return self.code + "".join(f" {name}={value!r}" for name, value in self.fields.items())


def _again(kind: type[ProssimaError], code: str, fields: dict[str, object]) -> ProssimaError:
    return kind(code, **fields)


class InputError(ProssimaError, ValueError):
    """What was given cannot be used: fields say what was expected, what came, where."""


class MissingError(ProssimaError, LookupError):
    """Something named does not exist (zone, unit, plan, file)."""


class InfeasibleError(ProssimaError, ValueError):
    """No plan keeps all promises: fields name the smallest set that cannot be kept."""


class RefusedError(ProssimaError, PermissionError):
    """The viewer's role may not do this."""


class ConflictError(ProssimaError, RuntimeError):
    """Someone else changed the same thing first; nothing was overwritten."""
