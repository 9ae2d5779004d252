"""The part of a form that brings files: those just sent, and those that came before an error and wait."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from concord.reports.cut_off import CUT_OFF
from concord.reports.uploads import Brought, RefusedFile, SealedFile, Why, find_upload

KEPT = "kept_files"
"""The boxes that stand for files which need not be sent again; the value is the file's reference."""


class ManyFiles(forms.FileInput):
    """A box that takes several files at once."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__(attrs={"multiple": True})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        kept = data.getlist(KEPT) if hasattr(data, "getlist") else []
        sent = files.getlist(name) if hasattr(files, "getlist") else []
        if CUT_OFF in data:  # the last file is not whole
            sent = [*sent[:-1], RefusedFile("file", Why.TOO_MANY)]
        return [*dict.fromkeys(kept), *sent]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return not self.value_from_datadict(data, files, name)


class FilesField(forms.Field):
    """Files, sealed already. What was taken is in `taken` even when something else was refused."""

    widget = ManyFiles

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.begin(at=None)

    def begin(self, *, at: datetime | None, already: Sequence[Brought] = ()) -> None:
        """Start anew, for one form: Django's copies of a field share what it holds.

        `already` came with the report before and counts too.
        """
        self.at = at
        self.already = already
        self.taken: list[Brought] = []
        self.no_space = False

    @property
    def limits(self) -> str:
        """How much fits, in words."""
        return str(
            _("Up to %(each)s a file, %(all)s together.")
            % {
                "each": filesizeformat(settings.CONCORD_REPORT_FILE_BYTES),
                "all": filesizeformat(settings.CONCORD_REPORT_ALL_BYTES),
            }
        )

    def clean(self, value: Any) -> list[Brought]:
        errors: list[Any] = list(self._take(value or []))
        together = [*self.already, *self.taken]
        if len(together) > settings.CONCORD_REPORT_FILES or (
            sum(each.size for each in together) > settings.CONCORD_REPORT_ALL_BYTES
        ):
            errors.append(_too_many())
        if errors:
            raise forms.ValidationError(
                [forms.ValidationError(each) for each in dict.fromkeys(errors)]
            )
        return self.taken

    def _take(self, value: list[Any]) -> Iterator[Any]:
        """Yield what has to be said about those that cannot be taken; the same thing once."""
        refused: dict[Why, list[str]] = {}
        for each in value:
            if isinstance(each, SealedFile):
                self.taken.append(each.brought)
            elif isinstance(each, RefusedFile):
                refused.setdefault(each.why, []).append(str(each.name))
            elif isinstance(each, str) and self.at is not None:
                found = find_upload(each, at=self.at)
                if found is None:
                    yield GONE
                else:
                    self.taken.append(found)
        self.no_space = Why.NO_SPACE in refused
        for why, names in refused.items():
            yield _words(why, names)


GONE = _("A file has waited for more than an hour and was erased. Please choose it once more.")


def _too_many() -> str:
    return str(
        _("These are more files than fit with one report: at most %(count)s, together %(size)s.")
        % {
            "count": settings.CONCORD_REPORT_FILES,
            "size": filesizeformat(settings.CONCORD_REPORT_ALL_BYTES),
        }
    )


def _words(why: Why, names: list[str]) -> str:
    if why is Why.TOO_MANY:
        return _too_many()
    if why is Why.NO_SPACE:
        return str(NO_SPACE)
    return str(
        _("Larger than %(size)s, and left out: %(names)s. Everything else is kept.")
        % {
            "size": filesizeformat(settings.CONCORD_REPORT_FILE_BYTES),
            "names": ", ".join(names[:5]),
        }
    )


NO_SPACE = _(
    "There is no space left for files just now. Your words are all still here: "
    "send them without files, or with them in a few minutes."
)
NO_SPACE_AT_ALL = _(
    "There is no space left to keep this just now. Nothing was stored, and your words are all still here. "
    "Please send them again in a few minutes."
)
