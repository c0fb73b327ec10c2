"""What axe, the checker of accessibility, says against a page in a browser."""

from functools import cache
from typing import Any

# What is being faded in is read as it will be, and of a long table the first rows, for the others are as those.
_RUN = """() => {
const ends = each => each.playState === "running" && each.effect.getComputedTiming().endTime < Infinity;
const moving = document.getAnimations().filter(ends).map(each => each.finished.catch(() => null));
return Promise.all(moving).then(() => axe.run(
    {exclude: [["tbody tr:nth-child(n+9)"]]}, {resultTypes: ["violations"], preload: false}
)).then(results => results.violations);
}"""


def violations(page: Any) -> list[dict[str, Any]]:
    """All rules that the page breaks as it is shown, with the elements."""
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(f"{_script()}\n;undefined")  # nothing comes back: whatever does is taken to pieces for us
    broken: list[dict[str, Any]] = page.evaluate(_RUN)
    return broken


@cache
def _script() -> str:
    from axe_playwright_python.sync_playwright import Axe

    script: str = Axe().axe_script
    return script
