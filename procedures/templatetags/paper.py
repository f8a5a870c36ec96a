"""A release's longer text on a page, built node by node."""

from collections.abc import Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from procedures.core.html import Node

register = template.Library()


@register.filter
def as_html(nodes: Sequence[Node]) -> SafeString:
    """Nodes of `procedures.core.html.tree`, which knows a few tags only; every text is escaped."""
    return format_html_join("", "{}", ((_built(node),) for node in nodes))


def _built(node: Node) -> str:
    if isinstance(node, str):
        return node
    if node["tag"] == "br":
        return format_html("<{}>", "br")
    return format_html("<{0}>{1}</{0}>", node["tag"], as_html(node["within"]))
