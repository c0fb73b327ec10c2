"""The shape of the code: files stay short."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LONGEST = 500


def tracked_files() -> list[Path]:
    """What git knows, and what it does not ignore: a new file counts before it is committed."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def test_no_python_file_is_longer_than_500_lines():
    long = {}
    for path in tracked_files():
        if path.suffix == ".py" and "migrations" not in path.parts and path.exists():
            lines = len(path.read_text(encoding="utf-8").splitlines())
            if lines > LONGEST:
                long[str(path.relative_to(ROOT))] = lines
    assert not long, f"longer than {LONGEST} lines: {long}"


def test_the_list_of_files_is_not_empty():
    assert Path(__file__).resolve() in tracked_files()
