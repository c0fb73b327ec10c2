"""Nothing comes with the lock under a licence that nobody has thought about."""

import re
from importlib.metadata import Distribution, distributions

from cms.processes.layout import ROOT

DECISION = ROOT / "docs" / "decisions" / "0011-licences.md"
PERMISSIVE = re.compile(r"BSD|MIT|Apache|ISC|MPL|Mozilla|PSF|Python Software", re.IGNORECASE)
COPYLEFT = re.compile(r"[AL]?GPL")


def says(package: Distribution) -> str:
    """What a package says of its licence: in its description, and of what it has built in."""
    about = package.metadata
    words = [about.get("License-Expression"), (about.get("License") or "").split("\n")[0]]
    words += [name for name in about.get_all("Classifier") or () if name.startswith("License")]
    words += [file.read_text() for file in package.files or () if "bundled" in file.name.lower()]
    first = next((file for file in package.files or () if re.match("LICEN[SC]E", file.name)), None)
    return " ".join(filter(None, words)) or (first.read_text()[:300] if first else "")


def test_each_licence_is_permissive_or_named_among_the_decisions():
    named = set(re.findall(r"`([a-z-]+)`", DECISION.read_text()))
    said = {package.metadata["Name"].lower().replace("_", "-"): says(package) for package in distributions()}
    copyleft = {name for name, words in said.items() if COPYLEFT.search(words)}
    assert copyleft <= named, copyleft - named
    unknown = {name: words[:80] for name, words in said.items() if name not in named and not PERMISSIVE.search(words)}
    assert not unknown
