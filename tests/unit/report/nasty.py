"""Two hundred names nobody should have, for every renderer (R39)."""

from __future__ import annotations

_PAYLOADS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "{{ 7*7 }}",
    "{% raw %}",
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x9b2J",
    "\u202eevil\u202c",
    "\u2066x\u2069",
    "\u200fright\u200e",
    "a\x00b",
    "a\nb\r\nc",
    "[bold red]x[/bold red]",
    "[link=file:///etc]x[/link]",
    ":skull:",
    "\u2028line\u2029paragraph",
    "\ufeffmark",
    "=HYPERLINK(1)",
    "&lt;b&gt;",
)
_BEFORE = ("", "Acme ", "O'Neil & ", "<", "-")
NASTY_NAMES = tuple(before + payload + after for payload in _PAYLOADS for before in _BEFORE for after in ("", " Ltd"))
