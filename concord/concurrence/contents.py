"""What is sealed, what is committed to, and what is signed.

The contents of a version are sealed to its briefing. The manifest, in the clear, commits to them and to each
step with a salted SHA-256, so that an audit can check that what was carried out is what two people signed,
without reading a word of it.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from concord.concurrence.manifest import canonical, commitment_of, hash_of
from concord.concurrence.models import Version
from concord.concurrence.terms import Target, Terms
from concord.vault import files
from concord.vault.keyring import Keyring


def write_contents(
    terms: Terms,
    *,
    case: str,
    wishes: str,
    excerpts: dict[str, str],
    evidence: list[dict[str, Any]],
    preview: list[dict[str, Any]],
    verdict: UUID,
    own_verdicts: dict[str, str],
    named_by_hand: set[UUID],
    noes: list[dict[str, Any]],
) -> dict[str, Any]:
    """The whole of a version as plain JSON, each step with a salt of its own."""
    return {
        "salt": secrets.token_hex(16),
        "case": case,
        "wishes": wishes,
        "verdict": str(verdict),
        "own_verdicts": own_verdicts,
        "texts": terms.texts(),
        "preview": preview,
        "evidence": evidence,
        "noes": noes,
        "steps": [
            {
                **target.effect(),
                "salt": secrets.token_hex(16),
                "label": target.label,
                "detail": target.detail,
                "excerpt": excerpts.get(str(target.id), ""),
                "named_by_hand": target.id in named_by_hand,
            }
            for target in map(_salted, terms.targets)
        ],
    }


def _salted(target: Target) -> Target:
    if not target.detail:
        return target
    return replace(target, detail={**target.detail, "salt": secrets.token_hex(16)})


def commitments(contents: dict[str, Any]) -> list[str]:
    return [commitment_of(effect_of(step), step["salt"]) for step in contents["steps"]]


def effect_of(step: dict[str, Any]) -> dict[str, Any]:
    """Of a sealed step, the part that is committed to."""
    names = ("kind", "target", "scope_kind", "scope_id", "until_at", "review_on")
    return {name: step[name] for name in (*names, *_also_in(step))}


def _also_in(step: dict[str, Any]) -> tuple[str, ...]:
    return ("detail_digest",) if step.get("detail_digest") else ()


def write_manifest(
    *,
    version: UUID,
    proposal: UUID,
    number: int,
    proposer: UUID,
    contents: dict[str, Any],
    act_at_once: bool,
    submitted_at: datetime,
    lapses_at: datetime,
) -> str:
    """The canonical text of which both people sign the SHA-256."""
    return canonical(
        {
            "version": str(version),
            "proposal": str(proposal),
            "number": number,
            "proposer": str(proposer),
            "contents": hash_of(contents),
            "steps": commitments(contents),
            "act_at_once": act_at_once,
            "submitted_at": submitted_at.isoformat(),
            "lapses_at": lapses_at.isoformat(),
        }
    )


def read_contents(version: Version, *, keyring: Keyring) -> dict[str, Any]:
    """Open a version, and make sure that it is what its manifest committed to.

    Raises NoGrant, and ValueError when contents and manifest differ: somebody changed the row.
    """
    blob = bytes(version.sealed)
    contents: dict[str, Any] = json.loads(
        files.unseal(version.briefing, blob, about=f"version:{version.id}", keyring=keyring)
    )
    manifest = json.loads(version.manifest)
    if manifest["contents"] != hash_of(contents) or manifest["steps"] != commitments(contents):
        raise ValueError("The contents of this version are not what was signed.")
    return contents


def targets_of(contents: dict[str, Any]) -> list[Target]:
    """The steps of opened contents as targets again."""
    return [
        Target(
            kind=step["kind"],
            id=UUID(step["target"]),
            label=step["label"],
            scope_kind=step["scope_kind"],
            scope_id=UUID(step["scope_id"]) if step["scope_id"] else None,
            until_at=datetime.fromisoformat(step["until_at"]) if step["until_at"] else None,
            review_on=date.fromisoformat(step["review_on"]) if step["review_on"] else None,
            detail=step.get("detail", {}),
        )
        for step in contents["steps"]
    ]


def terms_in(contents: dict[str, Any]) -> Terms:
    """Opened contents as they were typed, to be changed or put forward by somebody else."""
    texts = {**contents["texts"]}
    for name in ("grounds", "violations", "set_aside"):
        texts[name] = tuple(texts.get(name, ()))
    if texts.get("evidence") is not None:
        texts["evidence"] = tuple(texts["evidence"])
    return Terms(targets=tuple(targets_of(contents)), **texts)
