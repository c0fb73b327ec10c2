"""The acts that an automation may do. Packages above add theirs in AppConfig.ready()."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise

from organisations import reach
from registers.models.automation import Automation, AutomationRun
from registers.models.group import Group

State = AutomationRun.State


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a run, in words for the log."""

    text: str
    state: str = State.DONE


class ActFailed(Exception):
    """It cannot be done for anybody, as things stand; the message says to the editor what to change."""


class Act(ABC):
    """One kind of act. Whatever it does stands in the database: it happens in the transaction that notes it as done."""

    key: ClassVar[str]
    label: ClassVar[str | Promise]
    icon: ClassVar[str] = "cog"
    batch: ClassVar[int] = 100  # runs in one transaction
    in_part: ClassVar[bool] = False  # also for who sees a part of the organisation only

    def fields(self, group: Group) -> dict[str, forms.Field]:
        """What the editor has to say, as fields of a form."""
        return {}

    def initial(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """The settings as values of the form's fields."""
        return dict(settings)

    def clean(self, values: Mapping[str, Any], group: Group) -> dict[str, Any]:
        """The cleaned form as settings. Raises ValidationError by field where the act could not be done like that."""
        return dict(values)

    def describe(self, settings: Mapping[str, Any], group: Group) -> str:
        """What it does, in one line, as a name for the automation."""
        return str(self.label)

    def leads_to(self, settings: Mapping[str, Any]) -> tuple[int, str] | None:
        """(group id, joined | left) where it makes people members, or ends that."""
        return None

    @abstractmethod
    def perform(self, automation: Automation, runs: Sequence[AutomationRun]) -> dict[int, Outcome]:
        """Do it for the contacts of all `runs`, and say by run id what became of each. Raises ActFailed."""

    def fates(self, runs: Collection[int]) -> dict[int, str]:
        """By run id what is known by now of something that goes on after the run is done; for the log."""
        return {}

    def keep_back(self, runs: Collection[int]) -> set[int]:
        """Keep back what runs have begun and what has not happened yet, for they are taken back; return of which."""
        return set()


_acts: dict[str, Act] = {}


def register_act(act: Act) -> None:
    _acts[act.key] = act


def acts() -> list[Act]:
    """Those that the person who asks may choose."""
    return [act for act in _acts.values() if act.in_part or not reach.is_limited()]


def act_of(key: str) -> Act | None:
    """The act of this key, whoever asks; None where the package that had it is gone."""
    return _acts.get(key)


def act_to_choose(key: str) -> Act | None:
    """As `act_of`, among those that the person who asks may choose."""
    return next((act for act in acts() if act.key == key), None)
