"""clean_file: make the copy that is looked at first, when somebody first opens a file (K-PRIV-1, P-RISK-1)."""

from __future__ import annotations

import contextlib
import json
import secrets
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, NamedTuple

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.refusals import Refused
from concord.reports import blobs
from concord.reports.bring_files import about
from concord.reports.models import Attachment, Report
from concord.reports.uploads import (
    SECRET_BYTES,
    Brought,
    blob_of,
    open_upload,
    seal_upload,
)
from concord.vault import files
from concord.vault.errors import Tampered
from concord.vault.keyring import Keyring

CLEANABLE = {"image", "pdf"}
CHILD = Path(__file__).with_name("cleaning_child.py")
SECONDS = 40
"""The child may use half of it in computing (its own limit); the rest is for a machine that is busy."""
LARGEST = 60_000_000
AT_ONCE = threading.BoundedSemaphore(1)
"""Children of this process at once: each may take much memory."""
ENDINGS = {b"\xff\xd8\xff": "jpg", b"\x89PNG": "png", b"%PDF": "pdf"}


class BusyCleaning(Refused):
    """Another file is being cleaned, and machines for small teams have little memory."""

    words = _("Another file is being cleaned just now. Please try again in a minute.")
    status = 409


class NoSpaceForCopy(Refused):
    """The disk is full."""

    words = _("There is no space left for a cleaned copy. Please tell those who keep the machines.")
    status = 507


class Copy(NamedTuple):
    """The cleaned copy: where it lies and what opens it."""

    secret: bytes
    size: int
    ending: str


def clean_file(attachment: Attachment, *, keyring: Keyring, at: datetime) -> Attachment:
    """Make the cleaned copy, once; a file that cannot be cleaned is noted as that and never tried again.

    It is parsed in a child with limits on memory, time and output, and never here. Nothing it does stops us:
    a crash, a hang, a flood of output and a file of no known sort are all "not cleaned". Raises vault.NoGrant,
    BusyCleaning, NoSpaceForCopy.
    """
    attachment = Attachment.objects.select_related("report").get(id=attachment.id)
    brought = read_brought(attachment, keyring=keyring)
    if attachment.copy != Attachment.Copy.NOT_YET:
        return attachment
    copy = _try_to_clean(brought) if brought.kind in CLEANABLE else None
    return _note(attachment, copy, by=keyring, at=at)


def read_brought(attachment: Attachment, *, keyring: Keyring) -> Brought:
    """Name, size and kind of a file, and what opens it. Raises vault.NoGrant."""
    plain = files.unseal(
        attachment.report.file,
        bytes(attachment.sealed),
        about=about(attachment.id),
        keyring=keyring,
    )
    return Brought.from_bytes(plain)


def read_all_brought(report: Report, *, keyring: Keyring) -> list[tuple[Attachment, Brought]]:
    """The same of all that came with a report, in their order. Raises vault.NoGrant.

    What did not go outside with the report is left out (`keep_out`): it is sealed to a file that recovery alone opens.
    """
    found = []
    for each in report.attachments.select_related("report"):
        try:
            found.append((each, read_brought(each, keyring=keyring)))
        except Tampered:
            if report.former_file is None:
                raise
    return found


def read_copy(attachment: Attachment, *, keyring: Keyring) -> Copy | None:
    """The cleaned copy, if there is one. Raises vault.NoGrant."""
    if attachment.copy_sealed is None:
        return None
    plain = files.unseal(
        attachment.report.file,
        bytes(attachment.copy_sealed),
        about=f"{about(attachment.id)}:copy",
        keyring=keyring,
    )
    kept = json.loads(plain)
    return Copy(bytes.fromhex(kept["secret"]), kept["size"], kept["ending"])


def _try_to_clean(brought: Brought) -> Copy | None:
    if not AT_ONCE.acquire(timeout=SECONDS):
        raise BusyCleaning
    secret = secrets.token_bytes(SECRET_BYTES)
    try:
        blob = blobs.Blob(blob_of(secret))
        with _running(brought) as child:
            output = _Output(child)
            for sealed in seal_upload(secret, iter(output)):
                blob.write(sealed)
        if not output.is_whole:
            blob.drop()
            return None
        blob.keep()
    except blobs.DiskIsFull as why:
        raise NoSpaceForCopy from why
    finally:
        AT_ONCE.release()
    return Copy(secret, output.size, output.ending)


@contextlib.contextmanager
def _running(brought: Brought) -> Iterator[subprocess.Popen[bytes]]:
    """The child, fed by a thread and stopped in any case. It inherits no environment and no open file."""
    child = subprocess.Popen(
        [sys.executable, "-I", str(CHILD), brought.kind],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a parser's complaint quotes the file
        env={"LANG": "C.UTF-8"},
        cwd="/",
    )
    alarm = threading.Timer(SECONDS, child.kill)
    alarm.start()
    feeder = threading.Thread(target=_feed, args=(child, brought), daemon=True)
    feeder.start()
    try:
        yield child
    finally:
        alarm.cancel()
        child.kill()
        child.wait()
        feeder.join()
        _out(child).close()


def _feed(child: subprocess.Popen[bytes], brought: Brought) -> None:
    """Hand over the original. What is damaged or missing is a file cut short, and so not cleaned."""
    into = child.stdin
    try:
        for piece in open_upload(brought):
            into.write(piece)  # type: ignore[union-attr]
    except (Tampered, FileNotFoundError):
        child.kill()
    except OSError:  # it stopped reading
        pass
    with contextlib.suppress(OSError):
        into.close()  # type: ignore[union-attr]


class _Output:
    """What the child writes, as far as we take it."""

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        self._child = child
        self.size = 0
        self.ending = ""
        self.is_whole = False

    def __iter__(self) -> Iterator[bytes]:
        while piece := _out(self._child).read(blobs.PIECE):
            self.ending = self.ending or _ending(piece)
            self.size += len(piece)
            if self.size > LARGEST:
                self._child.kill()
                return
            yield piece
        self.is_whole = self._child.wait() == 0 and bool(self.ending)


def _ending(head: bytes) -> str:
    return next((ending for sign, ending in ENDINGS.items() if head.startswith(sign)), "")


def _out(child: subprocess.Popen[bytes]) -> IO[bytes]:
    if child.stdout is None:
        raise ValueError("a child without output")
    return child.stdout


@transaction.atomic
def _note(attachment: Attachment, copy: Copy | None, *, by: Keyring, at: datetime) -> Attachment:
    """Write down what became of it; whoever comes second throws their own copy away."""
    held = Attachment.objects.select_for_update().get(id=attachment.id)
    if held.copy != Attachment.Copy.NOT_YET:
        if copy is not None:
            blobs.erase(blob_of(copy.secret))
        return held
    held.copy = Attachment.Copy.NONE
    if copy is not None:
        held.copy, held.copy_blob = Attachment.Copy.MADE, blob_of(copy.secret)
        plain = json.dumps(copy._asdict() | {"secret": copy.secret.hex()}).encode()
        held.copy_sealed = files.seal(attachment.report.file, plain, about=f"{about(held.id)}:copy")
    held.save(update_fields=["copy", "copy_blob", "copy_sealed"])
    record(
        "reports.clean_file",
        actor=by.holder,
        subject=attachment.report_id,
        at=at,
        file=held.id,
        cleaned=copy is not None,
    )
    return held
