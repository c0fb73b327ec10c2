"""The shape of the code: files stay short, and templates keep what a browser would be needed to see."""

import re
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


def test_a_table_that_scrolls_sideways_can_be_scrolled_by_keyboard():
    box = re.compile(r'<div class="(?:campaign-scroll|desk-scroll|duplicates__scroll)"([^>]*)>')
    deaf = [
        path.name
        for path in tracked_files()
        if path.suffix == ".html"
        for attributes in box.findall(path.read_text(encoding="utf-8"))
        if not {'tabindex="0"', 'role="region"'} <= set(attributes.split())
    ]
    assert not deaf


def test_the_list_of_files_is_not_empty():
    assert Path(__file__).resolve() in tracked_files()
