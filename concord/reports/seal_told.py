"""What was told, sealed in two: how to reach whoever reported lies apart, for it goes sooner than the rest (4.9)."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from concord.reports.models import Report
from concord.reports.told import Told
from concord.vault import files
from concord.vault.keyring import Keyring


def seal_told(told: Told, *, report: UUID, file: UUID) -> dict[str, bytes]:
    """The two sealed fields of a report. That nothing was left to reach somebody by is sealed as well."""
    items = {
        _about(report): replace(told, contact="").to_bytes(),
        _about_contact(report): told.contact.encode(),
    }
    sealed, contact_sealed = files.seal_all(file, items)
    return {"sealed": sealed, "contact_sealed": contact_sealed}


def open_told(report: Report, *, keyring: Keyring) -> Told:
    """What was told; without the contact once that was erased. Raises vault.NoGrant."""
    told = Told.from_bytes(
        files.unseal(report.file, bytes(report.sealed), about=_about(report.id), keyring=keyring)
    )
    if told.source is not None:
        told = replace(told, source=told.source.as_called_now())
    if report.contact_sealed is None:
        return told
    contact = files.unseal(
        report.file, bytes(report.contact_sealed), about=_about_contact(report.id), keyring=keyring
    )
    return replace(told, contact=contact.decode())


def _about(report: UUID) -> str:
    return f"report:{report}"


def _about_contact(report: UUID) -> str:
    return f"report:{report}:contact"
