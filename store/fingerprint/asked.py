"""What a walk asked of what lies outside the project, so that it can be asked again.

Owns: the questions. `store.fingerprint.kept` keeps them with their answers.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from store.fingerprint.origin import Distributions, distributions_of

__all__ = ["Asked"]

Way = tuple[str, tuple[str, ...]]
"""A module, and the attributes that were read from it."""


@dataclass
class Asked:
    """`outside`: what was found there. `packaged`: what distributions were looked for of. `own`: those
    that modules of the project come with. `loaded`: the origins of what imports inside functions name.
    `unclear`: whether something was asked that these do not
    say."""

    outside: dict[Way, None] = field(default_factory=dict)
    packaged: dict[Way, None] = field(default_factory=dict)
    own: dict[str, Distributions] = field(default_factory=dict)
    loaded: dict[str, str] = field(default_factory=dict)
    unclear: bool = False

    def distributions_of(self, module: str) -> Distributions:
        """The distributions that a module of the project comes with."""
        found = self.own[module] = distributions_of(module)
        return found
