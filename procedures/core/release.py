"""The release: what the hospital wants done, frozen as bytes and named by their SHA-256.

The door to its parts: shapes (document.py), draft to bytes (freezing.py), what a publisher must not get wrong
(releasecheck.py).
"""

from .document import Document, Problem, Release
from .freezing import freeze, parse
from .releasecheck import check, draft_problems

__all__ = ["Document", "Problem", "Release", "check", "draft_problems", "freeze", "parse"]
