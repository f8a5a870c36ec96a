"""The few tags of a release's longer texts: the shared vectors, and what is said of what does not fit."""

from typing import Any

import pytest

from procedures.core import html
from tests.procedures.core.shorthand import vectors


@pytest.mark.parametrize("vector", vectors("html"), ids=lambda vector: vector["rule"])
def test_html(vector: dict[str, Any]) -> None:
    assert (not html.problems(vector["html"])) == vector["ok"]
    if vector["ok"]:
        assert html.tree(vector["html"]) == vector["tree"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<p onclick='x()'>a</p><script>alert(1)</script>", ["<p> takes no attributes", "<script> is not allowed"]),
        ("a</div>", ["</div> is not allowed"]),
        ("<p>1 &ndash; 2</p>", ["&ndash; is not known: write the sign itself"]),
        ("<P>a</P>", ["<P> is not allowed"]),
        ("a<p", ["<p is not finished"]),
        ("<p>a<em>b</p>", ["<em> is not closed"]),
        ("1 < 2 & 3", ["a bare < is written &lt;", "a bare & is written &amp;"]),
        ("</p>", ["</p> closes nothing"]),
        ("<ul><li>a</ul>", ["<li> is not closed"]),
        ("<ul>a</ul>", ["text in <ul> stands in <li>"]),
    ],
)
def test_what_is_said(text: str, words: list[str]) -> None:
    assert html.problems(text) == words


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("<p onclick='x()'>a</p>", ["<p onclick='x()'>a"]),
        ("<script>a</script>", ["<script>a</script>"]),
        ("<p>a<em>b</p>c", [{"tag": "p", "within": ["a", {"tag": "em", "within": ["b"]}]}, "c"]),
        ("1 &ndash; 2 &amp;lt;", ["1 &ndash; 2 &lt;"]),
    ],
)
def test_what_is_not_known_is_the_text_that_it_is(text: str, tree: list[Any]) -> None:
    assert html.tree(text) == tree
