"""Where a running Kokoon keeps things in its data directory."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from cms.processes.errors import LaunchError

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Layout:
    data_dir: Path

    @classmethod
    def from_environment(cls) -> Layout:
        return cls(Path(os.environ.get("DATA_DIR") or ROOT / ".data").absolute())

    @property
    def lock(self) -> Path:
        return self.data_dir / "lock"

    @property
    def logs(self) -> Path:
        return self.data_dir / "logs"

    @property
    def environment(self) -> Path:
        """What a command needs to join the running installation; there only while it runs."""
        return self.data_dir / "environment"

    @property
    def secret_key(self) -> Path:
        return self.data_dir / "secret_key"

    @property
    def mailbox_port(self) -> Path:
        return self.data_dir / "mailbox_port"

    @property
    def login(self) -> Path:
        """Written by `manage.py load_demo`."""
        return self.data_dir / "login.txt"

    def make(self) -> None:
        try:
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise LaunchError(f"Cannot make the data directory {self.data_dir}: {error.strerror}.") from error
        if not os.access(self.data_dir, os.R_OK | os.W_OK | os.X_OK):
            raise LaunchError(f"Cannot write to the data directory {self.data_dir}: change its owner, or set DATA_DIR.")
        self.logs.mkdir(exist_ok=True)
