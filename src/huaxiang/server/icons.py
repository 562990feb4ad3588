"""The few line icons of the shell, drawn on a 24 by 24 grid and put into the page itself."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

_PATHS = {
    "home": "M4 11 12 4l8 7v9h-5v-6H9v6H4z",
    "collect": "M12 3v11m-4-4 4 4 4-4M4 15v5h16v-5",
    "prepare": "M4 6h16M7 12h10M10 18h4",
    "analyse": "M4 20h16M7 16v-5m5 5V5m5 11V9",
    "present": "M4 5h16v11H4zm8 11v4m-4 0h8M8 9h5m-5 3h8",
    "apply": "m4 11 16-7-6 16-3-7z",
    "maintain": "M19 8a8 8 0 1 0 1 6m-1-10v4h-4",
    "search": "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Zm5 11.5 4.5 4.5",
    "language": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm-9 9h18M12 3c5 5 5 13 0 18-5-5-5-13 0-18",
    "theme": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm0 0v18m0-4a5 5 0 0 0 0-10",
    "account": "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM4 21c1-5 4-6 8-6s7 1 8 6",
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """``{% icon "collect" %}``: the icon, hidden from screen readers because words stand beside it."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="{}"/></svg>', _PATHS[name]
    )
