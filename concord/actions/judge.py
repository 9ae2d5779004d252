"""judge: the rules of the audit, over plain rows: one set, for the running house and for an outsider's machine.

It trusts no trigger and no state column. From each shut and each removal it walks back: warrant, execution,
agreement, both signatures, the signed manifest and its commitment to this very effect. What people sign holds no
proof of when; so each row is held against the entry that its verb left in the chained ledger as well.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from concord.actions.evidence import (
    Agreement,
    ByHand,
    Confirmation,
    Decision,
    Ending,
    Entry,
    Evidence,
    Execution,
    Key,
    Limit,
    Notice,
    Recovery,
    Removal,
    SetAside,
    Shut,
    Version,
    Warrant,
)
from concord.actions.statements import by_hand_text, confirmation_text, ending_text
from concord.concurrence.manifest import AGREED, PROPOSED, commitment_of, digest_of
from concord.concurrence.terms import GIVE_BACK, LASTING, SHUTS, digest_of_detail
from concord.vault.enrolments import vouched_for
from concord.vault.signing import key_id, signed_by

LEAST = timedelta(hours=24)
"""How far ahead an end has to lie that one coordinator gives alone."""
BARRED = "organisation"
"""The step of a decision under which whoever says later that they belong to an organisation is met."""
UNDONE = frozenset(
    f"concurrence.{what}"
    for what in ("revise", "leave", "declined", "withdrawn", "voided", "lapsed")
)
"""After any of these, an agreement that came before it allows nothing."""


@dataclass(frozen=True)
class Finding:
    """One thing that does not hold: what, on which row."""

    what: str
    row: str


def judge(
    evidence: Evidence, *, since: datetime | None = None, pins: Collection[str] = ()
) -> Iterator[Finding]:
    """Everything that does not hold (R-CONCUR-1, R-EVADE-2). With `since`, only what says that it is newer."""
    yield from Judge(evidence, since=since, pins=pins).findings()


class Judge:
    """Looks at each kind of row in turn."""

    def __init__(
        self, evidence: Evidence, *, since: datetime | None, pins: Collection[str]
    ) -> None:
        self.evidence, self.since, self.pins = evidence, since, pins
        self.keys: dict[UUID, list[Key]] = defaultdict(list)
        for key in evidence.of("key"):
            self.keys[key.holder].append(key)
        self.warrants: dict[UUID, list[Warrant]] = defaultdict(list)
        for warrant in evidence.of("warrant"):
            self.warrants[warrant.execution].append(warrant)
        self.decision_of = {each.execution: each for each in evidence.of("decision")}
        self.repeated: dict[UUID, list[Execution]] = defaultdict(list)
        for execution in evidence.of("execution"):
            if execution.prior_decision is not None:
                self.repeated[execution.prior_decision].append(execution)
        self.released = {each.target for each in evidence.of("warrant") if each.kind == "release"}
        self.released |= {each.only for each in evidence.of("ending") if each.only is not None}
        self.by_hand = {each.warrant for each in evidence.of("by_hand")}
        self.set_aside: dict[UUID, list[SetAside]] = defaultdict(list)
        for aside in evidence.of("set_aside"):
            self.set_aside[aside.version].append(aside)
        self.restored = {each.target for each in evidence.of("warrant") if each.kind == "restore"}

    def findings(self) -> Iterator[Finding]:
        yield from self.of_keys()
        for shut in self.newer("shut", "since_at", "ended_at"):
            yield from self.of_shut(shut)
        for limit in self.newer("limit", "since_at", "ended_at"):
            yield from self.of_limit(limit)
        for notice in self.newer("notice", "since_at", "ended_at"):
            yield from self.of_notice(notice)
        for one in self.newer("by_hand", "stated_at"):
            yield from self.of_statement(one)
        for removal in self.newer("removal", "removed_at", "undone_at"):
            yield from self.of_removal(removal)
        yield from self.of_gone()
        yield from self.of_decisions()
        for ending in self.newer("ending", "made_at"):
            yield from self.of_ending(ending)
        for one in self.newer("confirmation", "confirmed_at"):
            yield from self.of_confirmation(one)
        yield from self.of_waiting()
        for outside in self.newer("outside", "since_at"):
            if not self.entered("people.name_outside_contact", outside.id, outside.since_at):
                yield Finding("an outside contact whom the ledger does not know", str(outside.id))
        for warrant in self.evidence.of("warrant"):
            if self.evidence.get("execution", warrant.execution) is None:
                yield Finding("a warrant of nothing that was carried out", f"warrant {warrant.id}")
        for execution in self.newer("execution", "executed_at"):
            yield from self.of_execution(execution)
        yield from self.of_entries()

    # keys

    def of_keys(self) -> Iterator[Finding]:
        """A key that counts is the work of two: who brought its holder in, and somebody else who vouched."""
        keys, recoveries = self.evidence.of("key"), self.evidence.of("recovery")
        believed = vouched_for(recoveries, keys, self.pins)
        there = {row.fingerprint for row in [*keys, *recoveries]}
        for pin in sorted(set(self.pins) - there):
            yield Finding("a pinned key is not there", pin)
        for row in recoveries:
            if row.id not in believed and not (self.pins and self.leads_to_a_pin(row)):
                yield Finding("a recovery key that no earlier one vouches for", str(row.id))
            if not self.recovery_as_entered(row):
                yield Finding("a recovery key that the ledger does not know so", str(row.id))
        holders = {key.signing_public: key.holder for key in keys if key.signing_public}
        for key in self.newer("key", "enrolled_at", "retired_at"):
            yield from self.of_key(key, believed, holders)

    def recovery_as_entered(self, row: Recovery) -> bool:
        """Made when the ledger says so, and retired when the next one was."""
        after = [
            entry.at
            for entries in self.evidence.entries.values()
            for entry in entries
            if entry.verb == "vault.remake_recovery" and entry.facts.get("last") == str(row.id)
        ]
        ended = row.retired_at
        return (
            row.id == key_id(row.reading_public)
            and any(
                self.entered(f"vault.{verb}_recovery", row.id, row.made_at)
                for verb in ("make", "remake")
            )
            and (ended in after if ended and not self.is_before_the_ledger(ended) else not after)
        )

    def leads_to_a_pin(self, row: Recovery) -> bool:
        """An older recovery key than the pinned one needs no voucher: it vouches for nothing that is believed."""
        pinned = [each for each in self.evidence.of("recovery") if each.fingerprint in self.pins]
        return any(row.made_at < each.made_at for each in pinned)

    def of_key(
        self, key: Key, believed: Collection[UUID], holders: dict[bytes, UUID]
    ) -> Iterator[Finding]:
        row = str(key.id)
        if key.id not in believed:
            yield Finding("a key whose countersignature does not hold", row)
        if key.countersigner in (key.brought_in_by, key.holder):
            yield Finding("a key confirmed by whoever brought its holder in", row)
        if key.id != key_id(key.reading_public):
            yield Finding("a key under another name than its own", row)
        if holders.get(key.signing_public, key.holder) != key.holder:
            yield Finding("a key that two people hold", row)
        known = (
            self.entered("vault.enrol", key.holder, key.made_at, fingerprint=key.fingerprint)
            and self.entered(
                "vault.countersign",
                key.holder,
                key.enrolled_at,
                actor=key.countersigner,
                fingerprint=key.fingerprint,
            )
            and self.retired_as_entered(key)
        )
        if not known:
            yield Finding("a key that the ledger does not know so", row)
        brought = self.said("people.designate", key.holder)
        by = brought[0].actor if brought else None
        if by != key.brought_in_by and not self.is_before_the_ledger(key.made_at):
            yield Finding("a key whose holder was brought in by somebody else", row)

    def retired_as_entered(self, key: Key) -> bool:
        entered = [
            entry.at
            for entry in self.said("vault.retire", key.holder)
            if entry.facts.get("fingerprint") == key.fingerprint
        ]
        if key.retired_at is None:
            return not entered
        return key.retired_at in entered or self.is_before_the_ledger(key.retired_at)

    # effects

    def of_shut(self, shut: Shut) -> Iterator[Finding]:
        warrant = self.evidence.get("warrant", shut.warrant)
        row = f"shut {shut.id}"
        if warrant is None or warrant.kind not in SHUTS:
            yield Finding("a person shut out without a warrant", row)
            return
        if (warrant.target, warrant.scope_kind, warrant.scope_id, warrant.until_at) != (
            shut.person,
            shut.scope_kind,
            shut.scope_id,
            shut.until_at,
        ):
            yield Finding("a shut that is not what its warrant says", row)
        if not self.entered("access.shut", shut.id, shut.since_at, warrant=str(shut.warrant)):
            yield Finding("a shut that the ledger does not know so", row)
        if shut.ended_at is None:
            if self.said("access.end_shut", shut.id):
                yield Finding("a shut that goes on after its end", row)
            return
        if not self.entered("access.end_shut", shut.id, shut.ended_at):
            yield Finding("an end of a shut that the ledger does not know so", row)
        decision = self.decision_of.get(warrant.execution)
        if (
            decision is not None
            and not _over_by(decision, shut.ended_at)
            and shut.warrant not in self.released
        ):
            yield Finding("access given back under a decision that goes on", row)

    def of_limit(self, limit: Limit) -> Iterator[Finding]:
        """Whoever writes less than others does so by a warrant, in its place, until its end, at its pace."""
        warrant = self.evidence.get("warrant", limit.warrant)
        row = f"limit {limit.id}"
        if warrant is None or warrant.kind != ("mute" if limit.pace is None else "limit"):
            yield Finding("a person limited without a warrant", row)
            return
        agreed = {"pace": limit.pace, "salt": limit.salt}
        if (warrant.target, warrant.scope_kind, warrant.scope_id, warrant.until_at) != (
            limit.person,
            limit.scope_kind,
            limit.scope_id,
            limit.until_at,
        ) or (limit.pace is not None and warrant.detail_digest != digest_of_detail(agreed)):
            yield Finding("a limit that is not what its warrant says", row)
        if not self.entered("access.limit", limit.id, limit.since_at, warrant=str(limit.warrant)):
            yield Finding("a limit that the ledger does not know so", row)
        if limit.ended_at is None:
            if self.said("access.end_limit", limit.id):
                yield Finding("a limit that goes on after its end", row)
            return
        if not self.entered("access.end_limit", limit.id, limit.ended_at):
            yield Finding("an end of a limit that the ledger does not know so", row)
        decision = self.decision_of.get(warrant.execution)
        if (
            decision is not None
            and not _over_by(decision, limit.ended_at)
            and limit.warrant not in self.released
        ):
            yield Finding("a limit ended under a decision that goes on", row)

    def of_notice(self, notice: Notice) -> Iterator[Finding]:
        """Nobody is told in a room to leave, or anything else, that two people did not agree to."""
        warrant = self.evidence.get("warrant", notice.warrant)
        row = f"notice {notice.id}"
        if warrant is None or warrant.kind != ("ask" if notice.asked_to_leave else "warn"):
            yield Finding("a person told something without a warrant", row)
            return
        if (warrant.target, warrant.scope_kind, warrant.scope_id, warrant.until_at) != (
            notice.person,
            notice.scope_kind,
            notice.scope_id,
            notice.until_at,
        ):
            yield Finding("a notice that is not what its warrant says", row)
        if not self.entered("access.tell", notice.id, notice.since_at, warrant=str(notice.warrant)):
            yield Finding("a notice that the ledger does not know so", row)
        if notice.ended_at is None:
            if self.said("access.end_notice", notice.id):
                yield Finding("a notice that goes on after its end", row)
            return
        if not self.entered("access.end_notice", notice.id, notice.ended_at):
            yield Finding("an end of a notice that the ledger does not know so", row)
        decision = self.decision_of.get(warrant.execution)
        if (
            decision is not None
            and not _over_by(decision, notice.ended_at)
            and notice.warrant not in self.released
        ):
            yield Finding("a notice ended under a decision that goes on", row)

    def of_statement(self, one: ByHand) -> Iterator[Finding]:
        """What no machine did counts as done by the word of a person, under their key."""
        if one.stated_by is None or one.stated_at is None:
            return
        warrant = self.evidence.get("warrant", one.warrant)
        decision = self.decision_of.get(warrant.execution) if warrant else None
        text = by_hand_text(one.warrant, digest=one.digest)
        if (
            warrant is None
            or warrant.kind != "other"
            or decision is None
            or not self.signed(one.stated_by, text, one.signature, at=one.stated_at)
            or not self.entered(
                "actions.state_done", decision.id, one.stated_at, actor=one.stated_by
            )
        ):
            yield Finding("a statement that does not hold", f"by hand {one.id}")

    def of_removal(self, removal: Removal) -> Iterator[Finding]:
        warrant = self.evidence.get("warrant", removal.warrant)
        row = f"removal {removal.id}"
        if warrant is None or (warrant.kind, warrant.target) != ("delete", removal.post):
            yield Finding("a post removed without a warrant", row)
            return
        warranted = str(removal.warrant)
        if not self.entered(
            "spaces.remove_post", removal.id, removal.removed_at, warrant=warranted
        ):
            yield Finding("a removal that the ledger does not know so", row)
        if removal.undone_at is None:
            if self.said("spaces.restore_post", removal.id):
                yield Finding("a removal that goes on after it was undone", row)
            return
        if not self.entered(
            "spaces.restore_post", removal.id, removal.undone_at, warrant=warranted
        ):
            yield Finding("a post put back that the ledger does not know so", row)
        decision = self.decision_of.get(warrant.execution)
        if decision is None or _over_by(decision, removal.undone_at):
            return
        if removal.post not in self.restored:
            yield Finding("a post put back under a decision that goes on", row)

    def of_gone(self) -> Iterator[Finding]:
        standing = {each.post for each in self.evidence.of("removal") if each.undone_at is None}
        for post in self.evidence.of("gone"):
            if post.id not in standing:
                yield Finding("a post removed without a warrant", f"post {post.id}")

    # decisions, and how they end

    def of_decisions(self) -> Iterator[Finding]:
        """A decision lasts as its warrants say, and ends before its date by some authority."""
        ends: dict[UUID, set[datetime]] = defaultdict(set)
        for ending in [each for each in self.evidence.of("ending") if each.only is None]:
            ends[ending.decision].add(ending.ends_at)
        for decision in self.newer("decision", "made_at", "ended_at"):
            row = f"decision {decision.id}"
            execution = self.evidence.get("execution", decision.execution)
            if execution is None or execution.agreement is None:
                yield Finding("a decision that no two people made", row)
            elif decision.made_at != execution.executed_at:
                yield Finding("a decision that began at another time than its execution", row)
            elif decision.until_at != self.agreed_end(decision):
                yield Finding("a decision that lasts otherwise than its warrants", row)
            if decision.ended_at is not None and decision.ended_at not in ends[decision.id]:
                yield Finding("a decision that ended without authority", row)
            if decision.ended_at is None and ends[decision.id]:
                yield Finding("a decision that goes on after its end", row)

    def agreed_end(self, decision: Decision) -> datetime | None:
        warrants = self.warrants[decision.execution]
        if warrants and all(each.kind in GIVE_BACK for each in warrants):
            return decision.made_at
        ends = [each.until_at for each in warrants if each.kind in LASTING]
        known = [end for end in ends if end is not None]
        return max(known) if known and len(known) == len(ends) else None

    def of_ending(self, ending: Ending) -> Iterator[Finding]:
        row = f"ending {ending.id}"
        if not self.ending_holds(ending):
            yield Finding("an end of a decision that does not hold", row)
        elif not self.entered(
            f"actions.{ending.how}", ending.decision, ending.made_at, ending=str(ending.id)
        ):
            yield Finding("an end of a decision that the ledger does not know so", row)

    def ending_holds(self, ending: Ending) -> bool:
        """A lift is an effect in a text that two signed, which is looked at as such; the others are signed by one."""
        decision = self.evidence.get("decision", ending.decision)
        if decision is None or ending.ends_at < ending.made_at:
            return False
        if ending.warrant is not None:
            return self.lifts(ending)
        made = self.made_by(decision)
        if ending.by is None or made is None or ending.how == "lifted":
            return False
        if ending.review is not None and ending.by in (made.person, made.proposer):
            return False
        if ending.review is not None and self.evidence.get("outside", ending.by) is not None:
            # They read and do not sign.
            return any(key.counted(ending.made_at) for key in self.keys[ending.by])
        if ending.only is not None and ending.review is None:
            return False
        text = ending_text(
            ending.decision,
            how=ending.how,
            review=ending.review,
            ends_at=ending.ends_at,
            only=ending.only,
        )
        ahead = ending.review is not None or ending.ends_at >= ending.made_at + LEAST
        return ahead and self.signed(ending.by, text, ending.signature, at=ending.made_at)

    def lifts(self, ending: Ending) -> bool:
        lift = self.evidence.get("warrant", ending.warrant)
        if lift is None or (lift.kind, lift.target) != ("lift", ending.decision):
            return False
        execution = self.evidence.get("execution", lift.execution)
        return (
            execution is not None
            and execution.agreement is not None
            and execution.executed_at <= ending.made_at
        )

    def of_confirmation(self, one: Confirmation) -> Iterator[Finding]:
        """Whoever confirmed a decision after somebody stepped out signed that, and had not stepped out themself."""
        decision = self.evidence.get("decision", one.decision)
        made = self.made_by(decision) if decision is not None else None
        text = confirmation_text(
            one.decision, late=one.late, digest=made.version_digest if made else ""
        )
        if (
            decision is None
            or one.person == one.stepped_out
            or not self.signed(one.person, text, one.signature, at=one.confirmed_at)
            or not self.entered(
                "actions.confirm_decision", one.decision, one.confirmed_at, actor=one.person
            )
        ):
            yield Finding("a confirmation that does not hold", f"confirmation {one.id}")

    def made_by(self, decision: Decision) -> Agreement | None:
        """The agreement under which a decision was made."""
        execution = self.evidence.get("execution", decision.execution)
        found: Agreement | None = (
            self.evidence.get("agreement", execution.agreement) if execution else None
        )
        return found

    # what two people signed

    def of_waiting(self) -> Iterator[Finding]:
        """Those that nothing was done under yet: a forged one is named before it is used."""
        used = {each.agreement for each in self.evidence.of("execution")}
        for agreed in self.newer("agreement", "concurred_at"):
            if agreed.id in used or agreed.voided_at is not None:
                continue
            version = self.evidence.get("version", agreed.version)
            if version is None or not self.both_signed(agreed, version):
                yield Finding(
                    "an agreement whose signature does not hold", f"agreement {agreed.id}"
                )

    def of_execution(self, execution: Execution) -> Iterator[Finding]:
        row = f"execution {execution.id}"
        if execution.agreement is not None and execution.prior_decision is None:
            agreed = self.evidence.get("agreement", execution.agreement)
            version = self.evidence.get("version", agreed.version) if agreed else None
            if agreed is None or version is None:
                yield Finding("an execution whose agreement is not there", row)
            else:
                yield from self.by_two_people(execution, agreed, version, row)
        elif execution.prior_decision is not None and execution.agreement is None:
            prior = self.evidence.get("decision", execution.prior_decision)
            if prior is None:
                yield Finding("a prior decision that is not there", row)
            else:
                yield from self.by_prior_decision(execution, prior, row)
        else:
            yield Finding("an execution without exactly one authority", row)

    def by_two_people(
        self, execution: Execution, agreed: Agreement, version: Version, row: str
    ) -> Iterator[Finding]:
        if agreed.person == version.proposer:
            yield Finding("one person proposed and agreed", row)
        if not self.both_signed(agreed, version):
            yield Finding("a signature that does not hold", row)
            return
        signed = _signed_in(version)
        if signed is None:
            yield Finding("a text whose row says otherwise than what was signed", row)
            return
        if not version.submitted_at <= agreed.concurred_at <= execution.executed_at:
            yield Finding("an agreement that is not earlier than its execution", row)
        if agreed.concurred_at >= signed.lapses_at:
            yield Finding("an agreement to a text that had lapsed", row)
        if agreed.voided_at is not None and agreed.voided_at <= execution.executed_at:
            yield Finding("an agreement that was void", row)
        yield from self.in_order(execution, agreed, version, signed.proposal, row)
        for warrant in self.warrants[execution.id]:
            if warrant.commitment not in signed.steps or warrant.commitment != _opened(warrant):
                yield Finding("an effect that was not in the signed text", f"warrant {warrant.id}")
            if warrant.kind == "other" and warrant.id not in self.by_hand:
                yield Finding("a step by hand that is before nobody", f"warrant {warrant.id}")
        yield from self.left_out(execution, version, signed)

    def left_out(
        self, execution: Execution, version: Version, signed: _Signed
    ) -> Iterator[Finding]:
        """Each step that was agreed to was done, or set aside by somebody whom the ledger names: none just vanished."""
        missing = set(signed.steps) - {each.commitment for each in self.warrants[execution.id]}
        for aside in self.set_aside[version.id]:
            if not self.entered(
                "concurrence.set_aside", signed.proposal, aside.set_aside_at, actor=aside.by
            ):
                yield Finding("a step set aside that the ledger does not know so", str(aside.id))
            missing.discard(aside.commitment)
        for step in sorted(missing):
            yield Finding("a step that was agreed to, and neither done nor set aside", step)

    def in_order(
        self, execution: Execution, agreed: Agreement, version: Version, proposal: UUID, row: str
    ) -> Iterator[Finding]:
        """The chain says what no clock can: proposed, then agreed to, then carried out, and nothing void in between."""
        if self.is_before_the_ledger(version.submitted_at):
            return
        facts = {"version": str(version.id)}
        proposed = [
            entry
            for verb in ("concurrence.propose", "concurrence.revise", "concurrence.adopt")
            for entry in self.matching(verb, proposal, version.submitted_at, **facts)
            if entry.actor == version.proposer
        ]
        concurred = [
            entry
            for entry in self.matching("concurrence.concur", proposal, agreed.concurred_at, **facts)
            if entry.actor == agreed.person
        ]
        decision = self.decision_of.get(execution.id)
        executed = self.matching(
            "concurrence.execute",
            decision.id if decision else None,
            execution.executed_at,
            execution=str(execution.id),
        )
        if not (proposed and concurred and executed):
            yield Finding("an act that the ledger does not know so", row)
            return
        first, second, third = proposed[0].order, concurred[0].order, executed[0].order
        if not first < second < third:
            yield Finding("an agreement that is not earlier than its execution", row)
        for entry in self.evidence.entries[proposal]:
            if entry.verb in UNDONE and second < entry.order < third:
                yield Finding("an agreement that was void", row)

    def both_signed(self, agreed: Agreement, version: Version) -> bool:
        """Whether two different people signed this version, with keys that counted when they did."""
        digest = digest_of(version.manifest)
        return (
            digest == version.digest == agreed.version_digest
            and version.proposer == agreed.proposer
            and agreed.person != version.proposer
            and self.signed(
                version.proposer,
                PROPOSED + digest.encode(),
                version.signature,
                at=version.submitted_at,
            )
            and self.signed(
                agreed.person, AGREED + digest.encode(), agreed.signature, at=agreed.concurred_at
            )
        )

    def signed(self, holder: UUID, message: bytes, signature: bytes, *, at: datetime) -> bool:
        """Whether the holder signed this, with a key that was enrolled earlier and not retired."""
        return any(
            key.counted(at) and signed_by(key.signing_public, message, signature)
            for key in self.keys[holder]
        )

    # what rests on a prior decision

    def by_prior_decision(
        self, execution: Execution, prior: Decision, row: str
    ) -> Iterator[Finding]:
        ended = min((end for end in (prior.until_at, prior.ended_at) if end), default=None)
        if prior.made_at > execution.executed_at or (ended and ended <= execution.executed_at):
            yield Finding("a prior decision that was not in force", row)
        made = self.evidence.get("execution", prior.execution)
        if made is None or made.agreement is None:
            yield Finding("a decision that no two people made", row)
        before = [each for each in self.warrants[prior.execution] if each.kind in (*SHUTS, BARRED)]
        returned = {
            warrant.target
            for again in self.repeated[prior.id]
            for warrant in self.warrants[again.id]
            if warrant.kind == "revoke"
        }
        for warrant in self.warrants[execution.id]:
            yield from self.again(warrant, before, returned)

    def again(
        self, warrant: Warrant, before: list[Warrant], returned: Collection[UUID]
    ) -> Iterator[Finding]:
        """A return is acted on in the same places, never longer, and reaches the posts of whoever returned.

        So is whoever said later that they belong to an organisation, where the decision was about one.
        """
        row = f"warrant {warrant.id}"
        if warrant.kind == "delete":
            if warrant.author is not None and warrant.author not in returned:
                yield Finding(
                    "a post of somebody who did not return was deleted under a prior decision", row
                )
            return
        wider_ones = [
            each for each in before if (each.kind == BARRED) == (warrant.kind == "member")
        ]
        if warrant.kind not in ("revoke", "member") or not any(
            _within(warrant, wider) for wider in wider_ones
        ):
            yield Finding("a return acted on more widely than the decision", row)

    # the ledger

    def of_entries(self) -> Iterator[Finding]:
        """What the ledger says was done has its authority in the rows: taking rows away hides nothing."""
        for entry in [each for told in self.evidence.entries.values() for each in told]:
            if self.since is not None and entry.at < self.since:
                continue
            row = f"entry {entry.id}"
            if entry.verb in ("access.shut", "access.limit", "access.tell", "spaces.remove_post"):
                if self.evidence.get("warrant", _id(entry.facts.get("warrant"))) is None:
                    yield Finding("an effect in the ledger without a warrant", row)
            elif entry.verb == "concurrence.execute":
                if self.evidence.get("execution", _id(entry.facts.get("execution"))) is None:
                    yield Finding("an act in the ledger that is not there", row)
            elif entry.verb == "vault.countersign":
                held = {key.fingerprint for key in self.keys[entry.subject or _NOBODY]}
                if entry.facts.get("fingerprint") not in held:
                    yield Finding("a key in the ledger that is not there", row)

    def entered(
        self,
        verb: str,
        subject: UUID,
        at: datetime,
        *,
        actor: UUID | None = None,
        **facts: str,
    ) -> bool:
        """Whether the ledger holds this, or is too young to."""
        return self.is_before_the_ledger(at) or any(
            actor is None or entry.actor == actor
            for entry in self.matching(verb, subject, at, **facts)
        )

    def matching(self, verb: str, subject: UUID | None, at: datetime, **facts: str) -> list[Entry]:
        return [
            entry
            for entry in self.said(verb, subject)
            if entry.at == at
            and all(entry.facts.get(name) == value for name, value in facts.items())
        ]

    def said(self, verb: str, subject: UUID | None) -> list[Entry]:
        told = self.evidence.entries.get(subject, ())
        return sorted((each for each in told if each.verb == verb), key=lambda each: each.order)

    def is_before_the_ledger(self, at: datetime) -> bool:
        began = self.evidence.ledger_from
        return began is not None and at < began

    def newer(self, kind: str, *moments: str) -> Iterator[Any]:
        for row in self.evidence.of(kind):
            times = [getattr(row, moment) for moment in moments]
            if self.since is None or any(time and time >= self.since for time in times):
                yield row


_NOBODY = UUID(int=0)


@dataclass(frozen=True)
class _Signed:
    """What a manifest says that its row has to say as well."""

    proposal: UUID
    steps: frozenset[str]
    lapses_at: datetime


def _signed_in(version: Version) -> _Signed | None:
    """None when the row says otherwise than the text that was signed, or the text is no manifest."""
    try:
        said = json.loads(version.manifest)
        same = (said["version"], said["proposer"], said["submitted_at"]) == (
            str(version.id),
            str(version.proposer),
            version.submitted_at.isoformat(),
        )
        found = _Signed(
            UUID(said["proposal"]),
            frozenset(said["steps"]),
            datetime.fromisoformat(said["lapses_at"]),
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return found if same and found.lapses_at.tzinfo is not None else None


def _id(text: Any) -> UUID | None:
    try:
        return UUID(text)
    except (ValueError, TypeError, AttributeError):
        return None


def _over_by(decision: Decision, moment: datetime) -> bool:
    return decision.ended_at is not None and decision.ended_at <= moment


def _within(warrant: Warrant, wider: Warrant) -> bool:
    same_place = (warrant.scope_kind, warrant.scope_id) == (wider.scope_kind, wider.scope_id)
    no_longer = wider.until_at is None or (
        warrant.until_at is not None and warrant.until_at <= wider.until_at
    )
    return same_place and no_longer


def _opened(warrant: Warrant) -> str:
    """The commitment that this warrant opens."""
    return commitment_of(
        {
            "kind": warrant.kind,
            "target": str(warrant.target),
            "scope_kind": warrant.scope_kind,
            "scope_id": str(warrant.scope_id) if warrant.scope_id else None,
            "until_at": warrant.until_at.isoformat() if warrant.until_at else None,
            "review_on": warrant.review_on.isoformat() if warrant.review_on else None,
            **({"detail_digest": warrant.detail_digest} if warrant.detail_digest else {}),
        },
        warrant.salt,
    )
