"""HTML and SVG as values: text is escaped where it is put in, so a name can never become markup."""

from html import escape


class Markup(str):
    """Text that is markup already, made here and nowhere else."""

    __slots__ = ()


Child = str | None
"""Plain text, which is escaped; Markup, which is not; None, which is nothing."""

Value = str | float | bool | None
"""Of an attribute."""

NOTHING = Markup("")
# Characters that neither HTML nor XML may hold, not even escaped.
_NEITHER = dict.fromkeys((*range(0x9), 0xB, 0xC, *range(0xE, 0x20), 0xFFFE, 0xFFFF))
_VOID = {"meta", "link", "img", "source", "br"}


def el(name: str, /, *children: Child, **attributes: Value) -> Markup:
    """An element. `class_` is class, `aria_label` is aria-label; True is an empty attribute, False and None none."""
    opening = f"<{name}{''.join(map(_attribute, attributes, attributes.values()))}>"
    return Markup(opening if name in _VOID else f"{opening}{join(*children)}</{name}>")


def join(*children: Child) -> Markup:
    """The children one after another, each escaped unless it is markup."""
    return Markup("".join(text(child) for child in children))


def text(child: Child) -> Markup:
    """The child as markup."""
    if child is None:
        return NOTHING
    return child if isinstance(child, Markup) else Markup(escape(child.translate(_NEITHER), quote=False))


def _attribute(name: str, value: Value) -> str:
    if value is None or value is False:
        return ""
    name = name.rstrip("_").replace("_", "-")
    text = f"{value:.6g}" if isinstance(value, float) else str(value).translate(_NEITHER)
    return f" {name}" if value is True else f' {name}="{escape(text)}"'
