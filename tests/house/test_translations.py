"""Every language that is offered is whole where it matters: nobody who takes part or reports meets English halfway.

The public path is everything except what is listed here as staff's: a new page or refusal counts as public until
somebody says otherwise. The desk stays in English for now, and so do the words of the policy itself, which a host
publishes as data, in as many languages as it likes.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import polib
import pytest
from django.conf import settings
from django.utils.translation.template import templatize

from tests.house.house import CHECKOUT, PACKAGE, sources, templates

SHIPPED = ("ar", "es", "fr")

STAFF_TEMPLATES = re.compile(
    r"/(?:desk_|_desk_)|^cases/(?!templates/cases/kept_)|^(?:concurrence|desk)/"
    r"|^site/templates/(?:account|mfa|demo)/|^site/templates/base_desk"
    r"|^spaces/templates/spaces/_?brakes"
)
STAFF_MODULES = re.compile(
    r"^(?:cases|concurrence|desk|evasion|survivors|site/demo)/"
    r"|/(?:desk_\w+|judge_credible|judge_item|step_back|pull_brake|confirm_brake|announce|show_video|claim_flag|note_elsewhere|elsewhere_views|answer_review|delete_posts|revoke_access)\.py$"
    r"|^reports/(?:acknowledge_report|read_report|clean_file|confirm_code|open_file|set_aside|confirm_set_aside)\.py$"
    r"|^convenings/(?:accept_gaps|call_off_session|chart|confirm_guidelines|end_session|note_channel_test|open_\w+|plan_convening|readiness"
    r"|import_schedule|import_registrants|read_schedule|read_calendar|read_registrants|read_table|confirm_for_sessions)\.py$"
    r"|^people/(?:adapters|ask_to_end|declare_tie|designate|end_designation|end_tie|own_mailbox|enrol|name_outside_contact|plan_shift|second_factor|\w*passkey\w*"
    r"|keep_draft|locked|reopen|unlock|from_elsewhere|\w+_recovery|recovery_forms|type_share|under_way"
    r"|vouch_for)\.py$"
    r"|^policy/publish_version\.py$|^vault/"
    r"|/forget_\w+\.py$|^letterbox/lapse\.py$|^outbox/standing\.py$"
    r"|^improvement/(?:note_lesson|start_drill|end_drill|play_a_part|drill_\w+)\.py$"
    r"|^reports/(?:reissue_code|take_back_answer|typing_form)\.py$"
    r"|^actions/(?:act_by_hand|ask_to_leave|state_done|warn_person)\.py$"
    r"|^actions/(?:assign_review|bar_member|bar_organisation|confirm_decision|deny_entry|end_earlier|later_members)\.py$"
    r"|^actions/(?:lift|limit_writing|look_at_later|release_member|restore_posts|send_again|settle_by_hand)\.py$"
    r"|^monitoring/(?:bring_list|drop_list|let_name_pass|pause_list|put_live|reach_by_push|reached_form|reached_views|rehearse_list)\.py$|^monitoring/screening/"
    r"|^retaliation/settle_attempt\.py$"
    r"|^reports/type_in_report\.py$|^people/note_organisation\.py$"
)
STAFF_NAMES = {
    "people/forms.py": {
        "DeskSignInForm", "OwnMailboxForm", "NewcomerForm", "CompareForm", "SureForm", "PassphraseForm",
    },
    "convenings/forms.py": {
        "GuidelinesForm", "Moment", "TimesForm", "SessionForm", "ConveningForm", "ShiftForm",
        "WhoForm", "NoteForm", "AcceptForm",
    },
    "improvement/forms.py": {"LessonForm"},
    "monitoring/forms.py": {"JudgementForm", "ListForm", "TryForm"},
    "monitoring/models.py": {"TermList"},
    "people/models.py": {"Source", "Tie"},
    "reports/question_forms.py": {"TurningForm"},
    "spaces/forms.py": {"BrakeForm", "AnnouncementForm", "VideoForm", "RecordingForm"},
    "spaces/models.py": {"Brake"},
}  # fmt: skip
"""Classes for staff in modules that also serve everyone."""

PUBLIC_NAMES = {
    "actions/confirm_decision.py": {"_alarm"},
    "cases/forms.py": {"ROLE_WORDS"},
    "cases/recuse.py": {"_tell_of_the_second"},
    "concurrence/terms.py": {"GROUNDS", "DEPARTURES"},
    "concurrence/wording.py": {"place_name", "until_words", "moment_words"},
}
"""What people outside the team read although a room of staff says it: whoever loses access, reports, or is the
outside contact."""

POLICY_WORDS = "Kind"
"""Calls of this name: the third argument is text of the policy, which is data."""

CALLS = {"_": 1, "gettext": 1, "gettext_lazy": 1, "gettext_noop": 1, "ngettext": 2,
         "ngettext_lazy": 2, "pgettext": -1, "pgettext_lazy": -1, "npgettext": -2}  # fmt: skip
MARKED = re.compile(
    r"""(?<![\w])(n?p?gettext|_)\(\s*((?:u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\s*,?\s*)+)"""
)
NAMED = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%n\b")


class Message(NamedTuple):
    """What a catalogue finds a text by."""

    msgid: str
    plural: str = ""
    context: str | None = None


def public_messages() -> dict[Message, str]:
    """Every text of the public path, and where it stands."""
    return {message: where for where, message in (*from_templates(), *from_python())}


def from_templates() -> Iterator[tuple[str, Message]]:
    for path in templates():
        name = str(path.relative_to(PACKAGE))
        if not STAFF_TEMPLATES.search(name):
            for call, arguments in MARKED.findall(templatize(path.read_text(), origin=name)):
                texts = ast.literal_eval(f"({arguments.rstrip(', ')},)")
                yield name, _message(call, list(texts))


def from_python() -> Iterator[tuple[str, Message]]:
    for path in sources():
        name = str(path.relative_to(PACKAGE))
        tree = ast.parse(path.read_text())
        if STAFF_MODULES.search(name) and name not in PUBLIC_NAMES:
            continue
        for statement in tree.body:
            named = _names(statement)
            if name in PUBLIC_NAMES and not named & PUBLIC_NAMES[name]:
                continue
            if not named & STAFF_NAMES.get(name, set()):
                yield from ((f"{name}:{line}", one) for line, one in _calls(statement))


def _names(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.ClassDef | ast.FunctionDef):
        return {statement.name}
    targets = (
        statement.targets
        if isinstance(statement, ast.Assign)
        else [statement.target]
        if isinstance(statement, ast.AnnAssign)
        else []
    )
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _calls(statement: ast.stmt) -> Iterator[tuple[int, Message]]:
    policy = {
        id(argument)
        for node in ast.walk(statement)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == POLICY_WORDS
        for argument in node.args[2:]
    }
    for node in ast.walk(statement):
        if isinstance(node, ast.Call) and id(node) not in policy:
            call = ast.unparse(node.func).split(".")[-1]
            texts = [one.value for one in node.args if isinstance(one, ast.Constant)]
            if call in CALLS and texts:
                yield node.lineno, _message(call, [str(text) for text in texts])


def _message(call: str, texts: list[str]) -> Message:
    context = texts.pop(0) if CALLS[call] < 0 else None
    return Message(texts[0], texts[1] if abs(CALLS[call]) == 2 else "", context)


def catalogue_path(language: str) -> Path:
    return CHECKOUT / "locale" / language / "LC_MESSAGES" / "django.po"


@cache
def catalogue(language: str) -> polib.POFile:
    return polib.pofile(str(catalogue_path(language)))


def _texts(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def test_each_language_that_is_offered_has_a_catalogue():
    offered = {code for code, _ in settings.LANGUAGES} - {settings.LANGUAGE_CODE}
    assert offered == set(SHIPPED)
    assert [code for code in SHIPPED if not catalogue_path(code).exists()] == []


def test_the_public_path_is_found():
    where = set(public_messages().values())
    assert len(public_messages()) > 300
    assert any("report.html" in one for one in where)
    assert any(one.startswith("spaces/post_message.py") for one in where)
    assert any("sign_in.txt" in one for one in where)
    assert not any("desk" in one for one in where)


@pytest.mark.parametrize("language", SHIPPED)
def test_the_public_path_is_translated_whole(language):
    known = {
        Message(entry.msgid, entry.msgid_plural or "", entry.msgctxt): entry
        for entry in catalogue(language)
        if not entry.obsolete
    }
    missing = [
        f"{where}: {message.msgid[:60]}"
        for message, where in public_messages().items()
        if message not in known or not all(_texts(known[message]))
    ]
    assert missing == [], "run bin/messages, then translate these"


@pytest.mark.parametrize("language", SHIPPED)
def test_no_translation_is_a_guess(language):
    assert [entry.msgid for entry in catalogue(language) if entry.fuzzy] == []


@pytest.mark.parametrize("language", SHIPPED)
def test_what_is_filled_in_is_the_same_in_both(language):
    """A plural form may leave its number out, as Arabic does for one and two; none may invent a name."""
    wrong = []
    for entry in catalogue(language):
        asked = set(NAMED.findall(entry.msgid + (entry.msgid_plural or "")))
        counts = set(NAMED.findall(entry.msgid_plural or "")) if entry.msgid_plural else set()
        for text in filter(None, _texts(entry)):
            given = set(NAMED.findall(text))
            if not given <= asked or not (asked - given) <= counts:
                wrong.append(f"{entry.msgid[:50]} → {text[:50]}")
    assert wrong == []


@pytest.mark.parametrize("language", SHIPPED)
def test_every_number_has_all_its_forms(language):
    forms = int(catalogue(language).metadata["Plural-Forms"].split(";")[0].split("=")[1])
    assert forms == (6 if language == "ar" else forms)
    short = [
        entry.msgid
        for entry in catalogue(language)
        if entry.msgid_plural
        and any(_texts(entry))
        and not (len(_texts(entry)) == forms and all(_texts(entry)))
    ]
    assert short == []


@pytest.mark.parametrize("language", SHIPPED)
def test_what_is_compiled_is_what_is_written(language):
    compiled = polib.mofile(str(catalogue_path(language).with_suffix(".mo")))
    written = {
        (entry.msgctxt, entry.msgid): _texts(entry)
        for entry in catalogue(language)
        if not entry.obsolete and any(_texts(entry))
    }
    assert {(entry.msgctxt, entry.msgid): _texts(entry) for entry in compiled} == written, (
        "run bin/messages"
    )
