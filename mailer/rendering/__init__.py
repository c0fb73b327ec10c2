"""From an editor's page to one person's mail: compile once per campaign, join per recipient."""

from mailer.rendering.compiled import CompiledEmail, Link, Rendered
from mailer.rendering.pages import CompileError, compile_email

__all__ = ["CompileError", "CompiledEmail", "Link", "Rendered", "compile_email"]
