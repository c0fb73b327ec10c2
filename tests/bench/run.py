"""`make bench` and `make bench NAME=mail`: run tests/bench/bench_<name>.py, each on servers of its own.

A benchmark finds DATABASE_URL (an empty, migrated database that writes to the disk as a real one does) and VALKEY_URL
in its environment, and prints one JSON line: {"bench": …, "value": …, "unit": …, "baseline": …, "ratio": …}. The
baseline is measured in the same run. Whatever else it wants to say goes to standard error.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from cms.processes.errors import LaunchError
from cms.processes.scratch import scratch_servers

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
KEYS = {"bench", "value", "unit", "baseline", "ratio"}


def main(words: list[str]) -> int:
    names = sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))
    unknown = set(words) - set(names)
    if unknown:
        print(f"No benchmark {', '.join(sorted(unknown))}; there are: {', '.join(names)}.", file=sys.stderr)
        return 2
    failed = [name for name in words or names if not run(name)]
    if failed:
        print(f"Failed: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


def run(name: str) -> bool:
    print(f"{name}: preparing …", file=sys.stderr, flush=True)
    with scratch_servers(durable=True) as servers:
        env = {**os.environ, **servers, "PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "cms.settings"}
        migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0", "--skip-checks"]
        subprocess.run(migrate, cwd=ROOT, env=env, check=True)
        script = [sys.executable, str(HERE / f"bench_{name}.py")]
        done = subprocess.run(script, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=False)
    line = done.stdout.strip()
    try:
        complete = set(json.loads(line)) >= KEYS
    except ValueError:
        complete = False
    print(line, flush=True)
    if done.returncode == 0 and not complete:
        print(f"{name}: that is not one JSON line with {', '.join(sorted(KEYS))}.", file=sys.stderr)
    return done.returncode == 0 and complete


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except LaunchError as error:
        sys.exit(str(error))
