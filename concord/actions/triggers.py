"""Triggers that hold the two-person rule against a shell or a stray INSERT.

Installed after every migration on SQLite and PostgreSQL: SQLite drops a table's triggers silently whenever a
later migration rebuilds the table. A database owner can drop them; `concord check` then says so and
`concord audit` shows what was forged.

Each rule is one SQL condition under which a row is refused, written once for both databases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from concord.cases.models import TRANSITIONS, State
from concord.concurrence.terms import SHUTS

PREFIX = "concord_"
SHUTTING = "(" + ", ".join(f"'{kind}'" for kind in sorted(SHUTS)) + ")"
"""Kinds of warrant on which a shut may stand."""
NEEDED = {
    *("convenings_registration", "spaces_room", "cases_recusal", "actions_reviewrequest"),
    *("cases_noaction", "cases_reading", "cases_closing", "people_affiliation"),
    *("actions_barredorganisation", "actions_latermember"),
}
"""Tables of which the rules speak beside those they stand on."""


@dataclass(frozen=True)
class Rule:
    """Refuse `event` on `table` when `unless` does not hold."""

    name: str
    table: str
    event: str
    unless: str

    @property
    def full_name(self) -> str:
        return PREFIX + self.name


def same(left: str, right: str) -> str:
    """Equal, and two NULLs are equal: the databases spell it differently."""
    return (
        f"{left} IS NOT DISTINCT FROM {right}"
        if connection.vendor == "postgresql"
        else f"{left} IS {right}"
    )


def unchanged(*columns: str) -> str:
    return " AND ".join(same(f"NEW.{column}", f"OLD.{column}") for column in columns)


def rules() -> list[Rule]:
    """Every rule, in the words of the database in use."""
    return [
        Rule("concurrence_is_true", "concurrence_concurrence", "INSERT", _concurrence_is_true()),
        Rule(
            "concurrence_stays",
            "concurrence_concurrence",
            "UPDATE",
            unchanged(
                "id",
                "version_id",
                "version_digest",
                "proposer",
                "person",
                "signature",
                "concurred_at",
            )
            + " AND (OLD.voided_at IS NULL OR "
            + same("NEW.voided_at", "OLD.voided_at")
            + ")",
        ),
        Rule(
            "version_stays",
            "concurrence_version",
            "UPDATE",
            unchanged(
                "id",
                "proposal_id",
                "number",
                "proposer",
                "manifest",
                "digest",
                "signature",
                "submitted_at",
            )
            + " AND (OLD.voided_at IS NULL OR "
            + same("NEW.voided_at", "OLD.voided_at")
            + ")",
        ),
        Rule("step_was_signed", "concurrence_step", "INSERT", _step_was_signed()),
        Rule("step_stays", "concurrence_step", "UPDATE", "FALSE"),
        Rule(
            "execution_is_authorised", "concurrence_execution", "INSERT", _execution_is_authorised()
        ),
        Rule("execution_stays", "concurrence_execution", "UPDATE", "FALSE"),
        Rule("warrant_is_covered", "concurrence_warrant", "INSERT", _warrant_is_covered()),
        Rule(
            "warrant_stays",
            "concurrence_warrant",
            "UPDATE",
            unchanged(
                "id",
                "execution_id",
                "kind",
                "target",
                "scope_kind",
                "scope_id",
                "until_at",
                "detail_digest",
                "commitment",
                "salt",
            ),
        ),
        Rule("decision_is_by_two", "concurrence_decision", "INSERT", _decision_is_by_two()),
        Rule(
            "decision_is_not_widened",
            "concurrence_decision",
            "UPDATE",
            unchanged("id", "execution_id", "made_at", "until_at")
            + " AND (OLD.ended_at IS NULL OR (NEW.ended_at IS NOT NULL AND NEW.ended_at <= OLD.ended_at))"
            + f" AND ({same('NEW.ended_at', 'OLD.ended_at')} OR {_its_end_was_decided()})",
        ),
        Rule("ending_is_authorised", "actions_ending", "INSERT", _ending_is_authorised()),
        Rule("ending_stays", "actions_ending", "UPDATE", "FALSE"),
        Rule(
            "confirmation_is_by_another", "actions_confirmation", "INSERT", _confirms_for_others()
        ),
        Rule("confirmation_stays", "actions_confirmation", "UPDATE", "FALSE"),
        Rule("shut_has_a_warrant", "access_shut", "INSERT", _shut_has_a_warrant()),
        Rule(
            "shut_is_not_widened",
            "access_shut",
            "UPDATE",
            unchanged(
                "id", "person_id", "scope_kind", "scope_id", "warrant", "since_at", "until_at"
            )
            + " AND (OLD.ended_at IS NULL OR (NEW.ended_at IS NOT NULL AND NEW.ended_at <= OLD.ended_at))",
        ),
        Rule("limit_has_a_warrant", "access_limit", "INSERT", _limit_has_a_warrant()),
        Rule(
            "limit_is_not_widened",
            "access_limit",
            "UPDATE",
            unchanged(
                "id",
                "person_id",
                "scope_kind",
                "scope_id",
                "pace",
                "salt",
                "warrant",
                "since_at",
                "until_at",
            )
            + " AND (OLD.ended_at IS NULL OR (NEW.ended_at IS NOT NULL AND NEW.ended_at <= OLD.ended_at))",
        ),
        Rule("notice_has_a_warrant", "access_notice", "INSERT", _notice_has_a_warrant()),
        Rule(
            "notice_is_not_widened",
            "access_notice",
            "UPDATE",
            unchanged(
                "id",
                "person_id",
                "asked_to_leave",
                "scope_kind",
                "scope_id",
                "warrant",
                "since_at",
                "until_at",
            )
            + " AND (OLD.ended_at IS NULL OR (NEW.ended_at IS NOT NULL AND NEW.ended_at <= OLD.ended_at))",
        ),
        Rule("removal_has_a_warrant", "spaces_removal", "INSERT", _removal_has_a_warrant()),
        Rule("post_goes_by_removal", "spaces_post", "UPDATE", _post_goes_by_removal()),
        Rule(
            "removal_stays",
            "spaces_removal",
            "UPDATE",
            unchanged("id", "post_id", "warrant", "removed_at") + " AND OLD.undone_at IS NULL",
        ),
        *_rules_of_cases(),
        *_rules_of_hands(),
        *_rules_of_forgetting(),
        *_rules_of_keys(),
        *_rules_of_the_ledger(),
        *_rules_against_replacing(),
    ]


def _rules_of_cases() -> list[Rule]:
    """A case goes from state to state along the table of `cases` and no other way; leaving it takes two people."""
    return [
        Rule("case_begins_open", "cases_case", "INSERT", f"NEW.state = '{State.OPEN}'"),
        Rule("case_goes_along_the_table", "cases_case", "UPDATE", _goes_along_the_table()),
        Rule("no_action_is_by_two", "cases_agreement", "INSERT", _no_action_is_by_two()),
        Rule("no_action_stays", "cases_agreement", "UPDATE", "FALSE"),
    ]


def _rules_of_keys() -> list[Rule]:
    """A key is what it was when somebody vouched for it, and a retired one stays so: none is exchanged in its row."""
    once_retired = "(OLD.retired_at IS NULL OR " + same("NEW.retired_at", "OLD.retired_at") + ")"
    halves = unchanged("id", "reading_public", "signing_public", "made_at")
    return [
        Rule(
            "key_stays",
            "vault_personkey",
            "UPDATE",
            f"{halves} AND {unchanged('holder')} AND {once_retired} AND (OLD.enrolled_at IS NULL OR "
            f"({unchanged('enrolled_at', 'countersigner', 'countersignature')}))",
        ),
        Rule("key_is_kept", "vault_personkey", "DELETE", "FALSE"),
        Rule(
            "recovery_key_stays",
            "vault_recoverykey",
            "UPDATE",
            f"{halves} AND {unchanged('vouched_by_last')} AND {once_retired}",
        ),
        Rule("recovery_key_is_kept", "vault_recoverykey", "DELETE", "FALSE"),
    ]


def _rules_of_the_ledger() -> list[Rule]:
    """No entry is rewritten; the oldest go in one piece from the beginning, after the anchor took their last link."""
    return [
        Rule("entry_stays", "ledger_entry", "UPDATE", "FALSE"),
        Rule(
            "entry_was_pruned",
            "ledger_entry",
            "DELETE",
            "EXISTS (SELECT 1 FROM ledger_anchor)"
            " AND NOT EXISTS (SELECT 1 FROM ledger_link l WHERE l.entry_id = OLD.id)",
        ),
        Rule("link_stays", "ledger_link", "UPDATE", "FALSE"),
        Rule(
            "link_was_pruned",
            "ledger_link",
            "DELETE",
            "EXISTS (SELECT 1 FROM ledger_anchor a WHERE a.position >= OLD.position)",
        ),
        Rule("anchor_is_a_link", "ledger_anchor", "INSERT", _is_a_link()),
        Rule(
            "anchor_goes_on",
            "ledger_anchor",
            "UPDATE",
            f"NEW.position >= OLD.position AND {_is_a_link()}",
        ),
        Rule("anchor_is_kept", "ledger_anchor", "DELETE", "FALSE"),
        Rule("head_stays", "ledger_head", "UPDATE", "FALSE"),
        Rule("head_is_kept", "ledger_head", "DELETE", "FALSE"),
    ]


def _is_a_link() -> str:
    return """EXISTS (SELECT 1 FROM ledger_link l
                      WHERE l.position = NEW.position AND l.digest = NEW.digest)"""


REPLACEABLE = {
    "concurrence_concurrence": ["id"],
    "concurrence_version": ["id", "digest"],
    "concurrence_step": ["commitment"],
    "concurrence_execution": ["id", "concurrence_id"],
    "concurrence_warrant": ["id", "commitment"],
    "concurrence_decision": ["id", "execution_id"],
    "actions_ending": ["id"],
    "access_shut": ["id", "warrant"],
    "access_limit": ["id", "warrant"],
    "spaces_removal": ["id", "warrant"],
    "vault_personkey": ["id"],
    "vault_recoverykey": ["id"],
    "ledger_entry": ["id"],
    "ledger_link": ["position", "entry_id"],
    "ledger_head": ["day"],
}
"""What makes a row of each table the same row: written again under it, SQLite would drop the old one silently."""


def _rules_against_replacing() -> list[Rule]:
    """On SQLite `INSERT OR REPLACE` fires no rule of the row that it takes away; so no row is written twice."""
    if connection.vendor != "sqlite":
        return []
    rules = []
    for table, columns in REPLACEABLE.items():
        again = " OR ".join(f"o.{column} = NEW.{column}" for column in columns)
        rules.append(
            Rule(
                f"{table}_is_new",
                table,
                "INSERT",
                f"NOT EXISTS (SELECT 1 FROM {table} o WHERE {again})",
            )
        )
    return rules


def _rules_of_hands() -> list[Rule]:
    """What a person does, or what cannot be done: said once, about a step that two people agreed to."""
    done = unchanged("stated_by", "stated_at", "statement_sealed", "signature")
    return [
        Rule(
            "set_aside_is_a_step",
            "concurrence_setaside",
            "INSERT",
            "EXISTS (SELECT 1 FROM concurrence_step s"
            " WHERE s.version_id = NEW.version_id AND s.commitment = NEW.commitment)",
        ),
        Rule(
            "set_aside_stays",
            "concurrence_setaside",
            "UPDATE",
            unchanged("id", "version_id", "commitment", '"by"', "set_aside_at"),
        ),
        Rule(
            "by_hand_has_a_warrant",
            "actions_byhand",
            "INSERT",
            "NEW.stated_at IS NULL AND EXISTS (SELECT 1 FROM concurrence_warrant w"
            " JOIN concurrence_decision d ON d.execution_id = w.execution_id"
            " WHERE w.id = NEW.warrant_id AND w.kind = 'other' AND d.id = NEW.decision_id)",
        ),
        Rule(
            "by_hand_stays",
            "actions_byhand",
            "UPDATE",
            unchanged("id", "warrant_id", "decision_id", "hand", "sealed")
            + f" AND (OLD.stated_at IS NULL OR ({done}))",
        ),
    ]


def _rules_of_forgetting() -> list[Rule]:
    """What was decided stays while it holds; afterwards its clocks may erase it, effects before their authority.

    Otherwise a row that was ended, or taken back, could be deleted and written again as if nothing had been.
    """
    execution = "(SELECT w.execution_id FROM concurrence_warrant w WHERE w.id = OLD.warrant)"
    return [
        Rule("shut_is_over", "access_shut", "DELETE", _nothing_stands_on(execution)),
        Rule("limit_is_over", "access_limit", "DELETE", _nothing_stands_on(execution)),
        Rule("notice_is_over", "access_notice", "DELETE", _nothing_stands_on(execution)),
        Rule("removal_is_over", "spaces_removal", "DELETE", _nothing_stands_on(execution)),
        Rule(
            "warrant_is_over",
            "concurrence_warrant",
            "DELETE",
            _nothing_stands_on("OLD.execution_id")
            + " AND NOT EXISTS (SELECT 1 FROM access_shut s WHERE s.warrant = OLD.id)"
            + " AND NOT EXISTS (SELECT 1 FROM access_limit l WHERE l.warrant = OLD.id)"
            + " AND NOT EXISTS (SELECT 1 FROM access_notice n WHERE n.warrant = OLD.id)"
            + " AND NOT EXISTS (SELECT 1 FROM spaces_removal r WHERE r.warrant = OLD.id)",
        ),
        Rule(
            "ending_is_over",
            "actions_ending",
            "DELETE",
            "NOT EXISTS (SELECT 1 FROM concurrence_decision d WHERE d.id = OLD.decision_id"
            f" AND NOT {_is_past('d')})",
        ),
        Rule("decision_is_over", "concurrence_decision", "DELETE", _is_past("OLD")),
        Rule("execution_is_over", "concurrence_execution", "DELETE", _nothing_stands_on("OLD.id")),
        Rule("concurrence_is_old", "concurrence_concurrence", "DELETE", _is_old("concurred_at")),
        Rule("version_is_old", "concurrence_version", "DELETE", _is_old("submitted_at")),
    ]


def install(**kwargs: Any) -> None:
    """(Re)create every trigger whose table exists; run after each migration."""
    tables = set(connection.introspection.table_names())
    needed = {rule.table for rule in rules()} | NEEDED
    with connection.cursor() as cursor:
        for rule in rules():
            if rule.table in tables and needed <= tables:
                for statement in _statements(rule):
                    cursor.execute(statement)


def lay_aside(**kwargs: Any) -> None:
    """Before a migration, on SQLite: a table that a trigger speaks of cannot be rebuilt while it is there."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for statement in drop_statements():
                cursor.execute(statement)


def missing() -> list[str]:
    """The names of rules that the database does not hold at the moment, or not as they were written.

    A trigger that is there by name, and was emptied, switched off or made to look away, is missing as well.
    """
    there = _there()
    return sorted(
        rule.full_name for rule in rules() if there.get(rule.full_name) != _as_written(rule)
    )


EVENTS = {"INSERT": 4, "DELETE": 8, "UPDATE": 16}
BEFORE_EACH_ROW = 3
"""PostgreSQL's own numbers for what a trigger is called for (`pg_trigger.tgtype`)."""


def _there() -> dict[str, tuple[object, ...]]:
    """What each trigger of the database does, by its name."""
    query = """
        SELECT t.tgname, c.relname, t.tgtype, p.prosrc
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND t.tgqual IS NULL
          AND t.tgattr = ''::int2vector AND pg_table_is_visible(c.oid)"""
    if connection.vendor == "sqlite":
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {row[0]: tuple(row[1:]) for row in cursor.fetchall()}


def _as_written(rule: Rule) -> tuple[object, ...]:
    if connection.vendor == "postgresql":
        return (rule.table, BEFORE_EACH_ROW | EVENTS[rule.event], _body(rule))
    return (_statements(rule)[-1],)


def drop_statements() -> list[str]:
    """What a database owner would run to take the rules away; restore and the tests of `audit` use it."""
    if connection.vendor == "postgresql":
        return [f"DROP TRIGGER IF EXISTS {rule.full_name} ON {rule.table}" for rule in rules()]
    return [f"DROP TRIGGER IF EXISTS {rule.full_name}" for rule in rules()]


def _body(rule: Rule) -> str:
    """What PostgreSQL runs for a rule."""
    return (
        f" BEGIN IF ({rule.unless}) IS NOT TRUE THEN "
        f"RAISE EXCEPTION 'concord: {rule.name}' USING ERRCODE = 'integrity_constraint_violation'; "
        f"END IF; RETURN {'OLD' if rule.event == 'DELETE' else 'NEW'}; END "
    )


def _statements(rule: Rule) -> list[str]:
    message = f"concord: {rule.name}"
    if connection.vendor == "postgresql":
        return [
            f"CREATE OR REPLACE FUNCTION {rule.full_name}() RETURNS trigger LANGUAGE plpgsql "
            f"AS $${_body(rule)}$$",
            f"DROP TRIGGER IF EXISTS {rule.full_name} ON {rule.table}",
            f"CREATE TRIGGER {rule.full_name} BEFORE {rule.event} ON {rule.table} "
            f"FOR EACH ROW EXECUTE FUNCTION {rule.full_name}()",
        ]
    return [
        f"DROP TRIGGER IF EXISTS {rule.full_name}",
        f"CREATE TRIGGER {rule.full_name} BEFORE {rule.event} ON {rule.table} FOR EACH ROW "
        f"WHEN ({rule.unless}) IS NOT TRUE BEGIN SELECT RAISE(ABORT, '{message}'); END",
    ]


def _goes_along_the_table() -> str:
    """To NO_ACTION only with a second person's row, to CLOSED only with what came of it and the day of erasing."""
    ways = " OR ".join(
        f"(OLD.state = '{start}' AND NEW.state = '{end}')"
        for start, ends in TRANSITIONS.items()
        for end in ends
    )
    return f"""
        NEW.state = OLD.state OR (({ways})
            AND (NEW.state <> '{State.NO_ACTION}' OR EXISTS (
                SELECT 1 FROM cases_noaction n JOIN cases_agreement a ON a.no_action_id = n.id
                WHERE n.case_id = NEW.id AND n.ended_at IS NULL))
            AND (NEW.state <> '{State.CLOSED}' OR EXISTS (
                SELECT 1 FROM cases_closing c WHERE c.case_id = NEW.id AND c.reopened_at IS NULL)))"""


def _no_action_is_by_two() -> str:
    """By another than who decided it, who has read it, while it is asked, and by nobody who stepped out of the case."""
    return """
        NEW.person <> NEW.decided_by AND EXISTS (
            SELECT 1 FROM cases_noaction n WHERE n.id = NEW.no_action_id AND n.ended_at IS NULL
              AND n.decided_by = NEW.decided_by AND n.decided_at <= NEW.agreed_at
              AND EXISTS (SELECT 1 FROM cases_reading o
                          WHERE o.no_action_id = n.id AND o.person = NEW.person)
              AND NOT EXISTS (SELECT 1 FROM cases_recusal r
                              WHERE r.case_id = n.case_id AND r.person = NEW.person))"""


def _concurrence_is_true() -> str:
    return """
        NEW.proposer <> NEW.person
        AND NEW.voided_at IS NULL
        AND EXISTS (
            SELECT 1 FROM concurrence_version v
            JOIN concurrence_proposal p ON p.id = v.proposal_id
            JOIN concurrence_opening o ON o.version_id = v.id AND o.person = NEW.person
            WHERE v.id = NEW.version_id AND v.proposer = NEW.proposer AND v.digest = NEW.version_digest
              AND v.voided_at IS NULL AND p.state = 'proposed' AND NEW.concurred_at < v.lapses_at
              AND NOT EXISTS (SELECT 1 FROM concurrence_version n
                              WHERE n.proposal_id = v.proposal_id AND n.number > v.number)
        )"""


def _execution_is_authorised() -> str:
    return """
        (NEW.concurrence_id IS NOT NULL AND NEW.prior_decision_id IS NULL AND EXISTS (
            SELECT 1 FROM concurrence_concurrence c
            JOIN concurrence_version v ON v.id = c.version_id
            JOIN concurrence_proposal p ON p.id = v.proposal_id
            WHERE c.id = NEW.concurrence_id AND c.voided_at IS NULL AND v.voided_at IS NULL
              AND p.state = 'concurred' AND c.concurred_at <= NEW.executed_at))
        OR (NEW.concurrence_id IS NULL AND NEW.prior_decision_id IS NOT NULL AND EXISTS (
            SELECT 1 FROM concurrence_decision d
            WHERE d.id = NEW.prior_decision_id AND d.made_at <= NEW.executed_at
              AND (d.until_at IS NULL OR d.until_at > NEW.executed_at)
              AND (d.ended_at IS NULL OR d.ended_at > NEW.executed_at)))"""


def _step_was_signed() -> str:
    """A step is one that the signed text of its version commits to; none is added to it afterwards."""
    place = "strpos" if connection.vendor == "postgresql" else "instr"
    return f"""
        length(NEW.commitment) = 64 AND EXISTS (
            SELECT 1 FROM concurrence_version v
            WHERE v.id = NEW.version_id AND {place}(v.manifest, NEW.commitment) > 0)"""


def _decision_is_by_two() -> str:
    """A standing decision stands on an agreement, not on another decision, and begins in force."""
    return """
        NEW.ended_at IS NULL AND EXISTS (
            SELECT 1 FROM concurrence_execution e
            WHERE e.id = NEW.execution_id AND e.concurrence_id IS NOT NULL
              AND e.executed_at = NEW.made_at)"""


def _its_end_was_decided() -> str:
    """No decision ends early without a row that says by what authority."""
    return """EXISTS (SELECT 1 FROM actions_ending n
                      WHERE n.decision_id = NEW.id AND n.ends_at = NEW.ended_at
                        AND n.only IS NULL)"""


def _ending_is_authorised() -> str:
    """A lift that two people agreed to; somebody without a part who looked again; or an earlier date, ahead.

    `by` is quoted, for to PL/pgSQL it is a word of its own.
    """
    deciders = """(
        SELECT 1 FROM concurrence_decision d
        JOIN concurrence_execution e ON e.id = d.execution_id
        JOIN concurrence_concurrence c ON c.id = e.concurrence_id
        WHERE d.id = NEW.decision_id AND NEW."by" IN (c.person, c.proposer))"""
    return f"""
        (NEW.warrant_id IS NOT NULL AND EXISTS (
            SELECT 1 FROM concurrence_warrant w
            JOIN concurrence_execution e ON e.id = w.execution_id
            WHERE w.id = NEW.warrant_id AND w.kind = 'lift' AND w.target = NEW.decision_id
              AND e.concurrence_id IS NOT NULL AND e.executed_at <= NEW.made_at))
        OR (NEW.review IS NOT NULL AND NEW."by" IS NOT NULL AND NOT EXISTS {deciders} AND EXISTS (
            SELECT 1 FROM actions_reviewrequest r
            WHERE r.id = NEW.review AND r.decision_id = NEW.decision_id AND r.reviewer = NEW."by"
              AND r.state = 'assigned'))
        OR (NEW.how = 'earlier' AND NEW."by" IS NOT NULL AND NEW.ends_at > NEW.made_at)"""


def _confirms_for_others() -> str:
    """Whoever stepped out of the case confirms nothing in it."""
    return """NOT EXISTS (
        SELECT 1 FROM actions_laterecusal l
        JOIN concurrence_decision d ON d.id = l.decision_id
        JOIN cases_recusal r ON r.case_id = d.case_id
        WHERE l.id = NEW.late_id AND r.person = NEW.person)"""


def _warrant_is_covered() -> str:
    """Under a concurrence: a step of the agreed version. Under a prior decision: never wider, never longer.

    Under one on an organisation: whoever said of themself that they belong to it, once somebody looked at them.
    Deleting again reaches posts of somebody who was revoked again under that very decision, where it holds.
    """
    scope = f"{same('w.scope_kind', 'NEW.scope_kind')} AND {same('w.scope_id', 'NEW.scope_id')}"
    no_longer = "(w.until_at IS NULL OR (NEW.until_at IS NOT NULL AND NEW.until_at <= w.until_at))"
    return f"""
        EXISTS (
            SELECT 1 FROM concurrence_execution e
            JOIN concurrence_concurrence c ON c.id = e.concurrence_id
            JOIN concurrence_step s ON s.version_id = c.version_id AND s.commitment = NEW.commitment
            WHERE e.id = NEW.execution_id)
        OR EXISTS (
            SELECT 1 FROM concurrence_execution e
            JOIN concurrence_decision d ON d.id = e.prior_decision_id
            JOIN concurrence_warrant w ON w.execution_id = d.execution_id
            WHERE e.id = NEW.execution_id AND NEW.commitment IS NULL AND (
                (NEW.kind = 'revoke' AND w.kind IN {SHUTTING} AND {scope} AND {no_longer})
                OR (NEW.kind = 'member' AND w.kind = 'organisation' AND {scope} AND {no_longer}
                    AND EXISTS (
                    SELECT 1 FROM actions_barredorganisation b
                    JOIN actions_latermember m ON m.barred_id = b.decision_id
                    JOIN people_affiliation a ON a.organisation_id = b.organisation_id
                    WHERE b.decision_id = d.id AND m.person_id = NEW.target AND m.state = 'applied'
                      AND m.looked_by IS NOT NULL AND a.person_id = NEW.target AND a.source = 'self'))
                OR (NEW.kind = 'delete' AND w.kind IN {SHUTTING} AND EXISTS (
                    SELECT 1 FROM spaces_post p
                    JOIN spaces_room r ON r.id = p.room_id
                    JOIN convenings_registration g ON g.id = p.registration_id
                    JOIN concurrence_warrant again ON again.kind = 'revoke' AND again.target = g.person_id
                    JOIN concurrence_execution x ON x.id = again.execution_id AND x.prior_decision_id = d.id
                    WHERE p.id = NEW.target AND (w.scope_kind = 'all'
                        OR (w.scope_kind = 'session' AND w.scope_id = r.session_id)
                        OR (w.scope_kind = 'convening' AND w.scope_id = r.convening_id))))))"""


def _shut_has_a_warrant() -> str:
    return f"""
        EXISTS (
            SELECT 1 FROM concurrence_warrant w
            WHERE w.id = NEW.warrant AND w.kind IN {SHUTTING} AND w.target = NEW.person_id
              AND {same("w.scope_kind", "NEW.scope_kind")} AND {same("w.scope_id", "NEW.scope_id")}
              AND {same("w.until_at", "NEW.until_at")}
              AND {_its_decision_holds("w.execution_id", "NEW.since_at")})"""


def _limit_has_a_warrant() -> str:
    """The pace is the one that two people agreed to: with its salt it opens the digest in the warrant."""
    return f"""
        EXISTS (
            SELECT 1 FROM concurrence_warrant w
            WHERE w.id = NEW.warrant AND w.target = NEW.person_id
              AND ((w.kind = 'mute' AND NEW.pace IS NULL)
                OR (w.kind = 'limit' AND w.detail_digest = {_digest_of_pace()}))
              AND {same("w.scope_kind", "NEW.scope_kind")} AND {same("w.scope_id", "NEW.scope_id")}
              AND {same("w.until_at", "NEW.until_at")}
              AND {_its_decision_holds("w.execution_id", "NEW.since_at")})"""


def _notice_has_a_warrant() -> str:
    asks = "NEW.asked_to_leave" if connection.vendor == "postgresql" else "NEW.asked_to_leave = 1"
    return f"""
        EXISTS (
            SELECT 1 FROM concurrence_warrant w
            WHERE w.id = NEW.warrant AND w.target = NEW.person_id
              AND w.kind = CASE WHEN {asks} THEN 'ask' ELSE 'warn' END
              AND {same("w.scope_kind", "NEW.scope_kind")} AND {same("w.scope_id", "NEW.scope_id")}
              AND {same("w.until_at", "NEW.until_at")}
              AND {_its_decision_holds("w.execution_id", "NEW.since_at")})"""


def _digest_of_pace() -> str:
    """As `digest_of_detail` writes it. SQLite has the function from Django; a shell without it inserts nothing."""
    detail = """'{"pace": ' || NEW.pace || ', "salt": "' || NEW.salt || '"}'"""
    if connection.vendor == "postgresql":
        return f"encode(sha256(convert_to({detail}, 'UTF8')), 'hex')"
    return f"SHA256({detail})"


def _its_decision_holds(execution: str, moment: str) -> str:
    """The decision under which something was carried out, its own or the prior one, has not ended by then.

    This is the fence: a step that is tried again after its decision was lifted or taken back does nothing.
    """
    return f"""EXISTS (
        SELECT 1 FROM concurrence_execution e
        JOIN concurrence_decision d ON d.execution_id = e.id OR d.id = e.prior_decision_id
        WHERE e.id = {execution} AND (d.ended_at IS NULL OR d.ended_at > {moment}))"""


def _nothing_stands_on(execution: str) -> str:
    """No decision that an execution made, or rested on, is still in force."""
    return f"""NOT EXISTS (
        SELECT 1 FROM concurrence_execution e
        JOIN concurrence_decision d ON d.execution_id = e.id OR d.id = e.prior_decision_id
        WHERE e.id = {execution} AND NOT ({_is_past("d")}))"""


def _is_past(decision: str) -> str:
    now = _now()
    return (
        f"(({decision}.ended_at IS NOT NULL AND {decision}.ended_at <= {now})"
        f" OR ({decision}.until_at IS NOT NULL AND {decision}.until_at <= {now}))"
    )


def _is_old(column: str) -> str:
    """Over a year: by then the text that was agreed to has long lapsed or been carried out."""
    return f"OLD.{column} <= {_now('-365 days')}"


def _now(less: str = "") -> str:
    """The database's own clock, in UTC."""
    if connection.vendor == "postgresql":
        return f"(clock_timestamp() + interval '{less}')" if less else "clock_timestamp()"
    moment = "strftime('%Y-%m-%d %H:%M:%f', 'now'"
    return f"{moment}, '{less}')" if less else f"{moment})"


def _removal_has_a_warrant() -> str:
    return f"""
        EXISTS (
            SELECT 1 FROM concurrence_warrant w
            WHERE w.id = NEW.warrant AND w.kind = 'delete' AND w.target = NEW.post_id
              AND {_its_decision_holds("w.execution_id", "NEW.removed_at")})"""


def _is_over(room: str) -> str:
    return f"""EXISTS (SELECT 1 FROM spaces_room r JOIN convenings_convening c ON c.id = r.convening_id
                       WHERE r.id = {room} AND c.state = 'ended')"""


def _post_goes_by_removal() -> str:
    """A post loses its text only under a removal that stands, and has it back only when that was undone.

    After its event it may be forgotten: text, author and time at once, never one of them alone.
    """
    standing = (
        "EXISTS (SELECT 1 FROM spaces_removal r WHERE r.post_id = NEW.id AND r.undone_at IS NULL)"
    )
    return f"""
        (NEW.removed = OLD.removed AND NEW.text = OLD.text)
        OR (NEW.removed AND NOT OLD.removed AND {standing})
        OR (OLD.removed AND NOT NEW.removed AND NOT {standing})
        OR (NEW.removed = OLD.removed AND NEW.text = '' AND NEW.registration_id IS NULL
            AND NEW.posted_at IS NULL AND {_is_over("NEW.room_id")})"""
