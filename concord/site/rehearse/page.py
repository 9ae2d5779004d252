"""A page as it came, and the forms that stand in it, read like a browser without JavaScript reads them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from concord.site.rehearse.timeline import Broken

Fields = list[tuple[str, str]]


@dataclass
class Form:
    """A form: where it goes, what is filled in already, and the values of its buttons."""

    action: str
    method: str
    fields: Fields = field(default_factory=list)
    names: set[str] = field(default_factory=set)

    def filled(self, typed: dict[str, str | list[str] | None]) -> Fields:
        """The fields as sent: what was typed replaces what stood there; None takes it away."""
        kept = [(name, value) for name, value in self.fields if name not in typed]
        for name, value in typed.items():
            if value is not None:
                kept += [(name, each) for each in ([value] if isinstance(value, str) else value)]
        return kept


@dataclass(frozen=True)
class Page:
    """An answer: its status, the address it came from in the end, its text."""

    status: int
    path: str
    text: str

    @property
    def forms(self) -> list[Form]:
        reader = _Reader(self.path)
        reader.feed(self.text)
        return reader.forms

    def form(self, *names: str, to: str = "") -> Form:
        """The form that holds all these fields and goes to an address ending so. Raises Broken."""
        for form in self.forms:
            if set(names) <= form.names and form.action.split("?")[0].endswith(to):
                return form
        wanted = ", ".join(names) or to
        raise Broken(f"the page {self.path} ({self.status}) has no form for {wanted}")

    @property
    def complaints(self) -> str:
        """What the page says is wrong with what was sent, as plain words."""
        said = re.search(r'<(div|p) class="(?:errors|note urgent).*?</\1>', self.text, re.DOTALL)
        return " ".join(re.sub(r"<[^>]*>", " ", said[0]).split()) if said else ""


class _Reader(HTMLParser):
    def __init__(self, path: str) -> None:
        super().__init__(convert_charrefs=True)
        self._path = path
        self._form: Form | None = None
        self._textarea: str | None = None
        self._select: str | None = None
        self._typed = ""
        self.forms: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(given.get("action") or self._path, given.get("method", "get"))
            self.forms.append(self._form)
        elif self._form is None:
            return
        elif tag == "textarea":
            self._textarea, self._typed = given.get("name", ""), ""
            self._form.names.add(self._textarea)
        elif tag == "select":
            self._select = given.get("name", "")
            self._form.names.add(self._select)
        elif tag == "option" and self._select and "selected" in given:
            self._form.fields.append((self._select, given.get("value", "")))
        elif tag in ("input", "button") and given.get("name"):
            self._form.names.add(given["name"])
            ticks = given.get("type") in ("checkbox", "radio")
            if (
                tag == "input"
                and given.get("type") != "submit"
                and (not ticks or "checked" in given)
            ):
                value = given.get("value", "on" if ticks else "")
                self._form.fields.append((given["name"], value))

    def handle_data(self, data: str) -> None:
        self._typed += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._form is not None and self._textarea is not None:
            self._form.fields.append((self._textarea, self._typed.removeprefix("\n")))
            self._textarea = None
        elif tag == "select":
            self._select = None
        elif tag == "form":
            self._form = None
