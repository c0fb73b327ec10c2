"""When Wagtail brings its two indexes up to date: what is searched, and what refers to what."""

from typing import Any

from django.db import transaction
from django_tasks.backends.immediate import ImmediateBackend
from django_tasks.base import TaskResult


class OnceOnCommit(ImmediateBackend):
    """Runs a task when the transaction is through, and once however often it was asked for.

    Wagtail asks at every save, and reads the whole page for it: that of a new event is saved three times over, with
    seven notices and nine mails. Nothing is indexed of what is rolled back.
    """

    def __init__(self, alias: str, params: dict[str, Any]) -> None:
        super().__init__(alias, params)
        self._due: set[str] = set()

    def _execute_task(self, task_result: TaskResult[Any]) -> None:
        wanted = repr((task_result.task.module_path, task_result.args, task_result.kwargs))
        execute = super()._execute_task

        def execute_if_due() -> None:
            if wanted in self._due:
                self._due.discard(wanted)
                execute(task_result)

        self._due.add(wanted)
        transaction.on_commit(execute_if_due)
