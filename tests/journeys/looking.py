"""What every screen of the tablet is held to, in both themes and at every size: axe, targets, and nothing cut off.

axe-core and looking.js come in as init scripts, which the browser runs past the page's content security policy. Text
twice as large is a viewport half as wide and high, which is what a browser makes of a zoom to 200 %.
"""

from pathlib import Path
from typing import Final, Literal

from tests.journeys.hands import Hands
from tests.journeys.services import ROOT

AXE: Final = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
SCRIPT: Final = Path(__file__).with_name("looking.js")
THEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
SIZES: Final = {"upright": (820, 1180), "lying": (1180, 820), "phone": (390, 844), "large-text": (410, 590)}
TARGET_PX: Final = 48


class Looker:
    """Looks at one screen after another; what it finds is kept until `problems` is asked for."""

    def __init__(self, hands: Hands, *, axe: bool = True) -> None:
        self._hands = hands
        self._axe = axe
        self._found: list[str] = []
        self.names: list[str] = []
        for script in (AXE, SCRIPT):
            hands.tablet.context.add_init_script(path=script)

    def look(self, name: str) -> None:
        """Hold what is on the screen now to all of it; the themes differ in nothing but colours."""
        self.names.append(name)
        for theme in THEMES if self._axe else ():
            self._hands.tablet.colour_scheme(theme)
            self._note(f"{name}, {theme}", self._run("looking.axe()" if theme == "light" else "looking.colours()"))
        for size, (width, height) in SIZES.items():
            self._hands.tablet.resize(width, height)
            self._hands.tablet.colour_scheme("dark" if size == "lying" else "light")
            self._note(f"{name}, {size}", self._run(f"looking.layout({TARGET_PX})"))
            self._hands.tablet.screenshot(f"{name}-{size}")
        self._hands.tablet.resize(*SIZES["upright"])

    def _run(self, check: str) -> list[str]:
        self._hands.page.evaluate("looking.settled()")
        found: list[str] = self._hands.page.evaluate(check)
        return found

    def _note(self, where: str, found: list[str]) -> None:
        self._found += [f"{where}: {problem}" for problem in found]

    def problems(self) -> str:
        return "\n".join(dict.fromkeys(self._found))
