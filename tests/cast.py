"""The people of every test, and the small event they are in. Each has a part, and the part is their name here.

`stage()` sets everything up through the product's own verbs: a recovery key, five people on the team, an
outside contact, a policy in force, an event with two open sessions, and participants in them.
"""

from __future__ import annotations

import secrets
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.utils import timezone

from concord.cases.agree_to_no_action import agree_to_no_action
from concord.cases.assess_case import Assessed, assess_case
from concord.cases.check_in import check_in
from concord.cases.close_case import close_case
from concord.cases.decide_no_action import decide_no_action, read_why
from concord.cases.follow_up import follow_up
from concord.cases.models import Agreement, Case, NoAction
from concord.cases.models import State as CaseState
from concord.cases.take_up import take_up
from concord.concurrence.models import Proposal, Version
from concord.concurrence.open_version import open_version
from concord.concurrence.propose import propose
from concord.concurrence.terms import Target, Terms
from concord.convenings.confirm_guidelines import confirm_guidelines
from concord.convenings.models import Convening, Registration, Session, State
from concord.convenings.note_channel_test import note_channel_test
from concord.convenings.plan_convening import plan_convening, plan_session
from concord.convenings.register import register
from concord.letterbox.issue import NONCE_BYTES, issue
from concord.letterbox.read import keyring_of
from concord.monitoring.flag_post import flag_post
from concord.monitoring.judge_credible import judge_credible
from concord.monitoring.models import Flag
from concord.people.addresses import about_address, canonical_token, mailbox_token, seal_address
from concord.people.declare_tie import declare_tie
from concord.people.designate import designate
from concord.people.enrol import enrol
from concord.people.models import Login, OutsideContact, Person, Role, StaffMember
from concord.people.name_outside_contact import name_outside_contact
from concord.people.plan_shift import plan_shift
from concord.people.pledge import pledge
from concord.policy import first
from concord.policy.acknowledge import acknowledge
from concord.policy.publish_version import publish_version
from concord.reports.lay_answer import lay_answer
from concord.reports.models import HeldBack, Report, Underway
from concord.spaces.models import Post, Room
from concord.spaces.post_message import post_message
from concord.vault import keys, recovery
from concord.vault.keyring import Keyring

PASSPHRASES = {
    "amara": "gravity salon mustang voter anatomy deploy timber",
    "luis": "welcome axle busy fiction oral tofu prize",
    "noor": "curly dragon senior unhappy beyond mule roster",
    "ravi": "lunar echo cargo pajamas legal swing thank",
    "ines": "plastic omit junior visual herd estate robin",
}


@dataclass
class Desk:
    """A member of the team with their open key, as if signed in."""

    staff: StaffMember
    login: Login
    keyring: Keyring

    @property
    def id(self) -> UUID:
        return self.staff.person_id


@dataclass
class Cast:
    """Everybody, and where they are."""

    at: datetime
    shares: list[str]
    amara: Desk  # coordinates; leads
    luis: Desk  # receives reports too, on call
    noor: Desk  # on the roster, may agree
    ravi: Desk  # receives reports; declared that he is close to Karim
    ines: Desk  # keeps the machines
    outside: OutsideContact
    outside_key: Keyring
    outside_code: str
    convening: Convening
    hall: Room
    annex: Room
    karim: Registration  # writes what is reported
    sara: Registration  # is harmed, and flags it
    tomas: Registration  # stands by

    def desk_of(self, staff: StaffMember) -> Desk:
        return next(
            d for d in (self.amara, self.luis, self.noor, self.ravi, self.ines) if d.staff == staff
        )

    def later(self, **span: float) -> datetime:
        """A moment after the event began."""
        return self.at + timedelta(**span)

    def say(
        self, who: Registration, text: str, *, room: Room | None = None, at: datetime | None = None
    ) -> Post:
        return post_message(room or self.hall, registration=who, text=text, at=at or self.at)


def as_it_was(cast: Cast) -> Cast:
    """Everybody as they were when the stage was set; a keyring is nobody's copy."""
    desks = [each.keyring for each in vars(cast).values() if isinstance(each, Desk)]
    return deepcopy(cast, {id(keyring): keyring for keyring in (*desks, cast.outside_key)})


def stage(at: datetime | None = None) -> Cast:
    """Set the stage; `at` is now unless told."""
    at = at or timezone.now()
    shares = recovery.make(at=at)
    secret = recovery.combine(shares[:2])
    amara = _desk("amara", "Amara", Role.RECEIVER, secret, None, at, is_lead=True)
    luis = _desk("luis", "Luis", Role.RECEIVER, secret, amara.staff, at)
    noor = _desk("noor", "Noor", Role.STAFF, luis.keyring, amara.staff, at)
    ravi = _desk("ravi", "Ravi", Role.RECEIVER, luis.keyring, amara.staff, at)
    ines = _desk("ines", "Ines", Role.IT, luis.keyring, amara.staff, at)
    outside, outside_key, outside_code = _outside(amara, at)
    publish_version(
        texts={"en": first.first_text()},
        effective_from=at,
        credit=first.CREDIT,
        by=amara.staff,
        at=at,
    )
    for desk in (amara, luis, noor, ravi):
        acknowledge(desk.staff, version=1, at=at)
        plan_shift(
            desk.staff,
            convening=None,
            starts_at=at,
            ends_at=at + timedelta(hours=12),
            by=amara.staff,
            at=at,
        )
    note_channel_test(by=luis.staff, at=at)
    convening = plan_convening(
        "Votes and Voices",
        slug="votes",
        starts_at=at + timedelta(minutes=1),
        ends_at=at + timedelta(days=3),
        by=amara.staff,
        at=at,
    )
    hall = session_in(convening, "Hall 1", amara, at)
    annex = session_in(convening, "Hall 2", amara, at)
    karim = participant(convening, "Karim Haddad", "karim.haddad@gmail.com", at)
    declare_tie(ravi.staff, person=karim.person, at=at)
    return Cast(
        at=at,
        shares=shares,
        amara=amara,
        luis=luis,
        noor=noor,
        ravi=ravi,
        ines=ines,
        outside=outside,
        outside_key=outside_key,
        outside_code=outside_code,
        convening=convening,
        hall=hall,
        annex=annex,
        karim=karim,
        sara=participant(convening, "Sara Lindqvist", "sara@example.org", at),
        tomas=participant(convening, "Tomas Vega", "tomas@example.org", at),
    )


def login_by_mailbox(address: str) -> Login:
    """A login whose mailbox was verified, as `sign_in` leaves it."""
    login = Login(
        person=Person.objects.create(),
        handle=str(uuid4()),
        mailbox_token=mailbox_token(address),
        canonical_token=canonical_token(address),
        verified=True,
    )
    login.address_sealed = seal_address(address, about=about_address(login.id))
    login.save()
    return login


def participant(convening: Convening, name: str, address: str, at: datetime) -> Registration:
    """Somebody who signed in by mail, registered and acknowledged the policy."""
    registration = register(
        convening, person=login_by_mailbox(address).person, display_name=name, at=at
    )
    return acknowledge(registration, version=1, at=at)


def flagged(cast: Cast, text: str = "Sara, go and hurt yourself, nobody wants you here") -> Flag:
    """Karim writes it in the hall, Sara flags it."""
    post = cast.say(cast.karim, text)
    return flag_post(
        post, words="He wrote this to me", by=cast.sara.person_id, by_staff=False, at=cast.at
    )


def case_about_karim(cast: Cast) -> Case:
    """Amara says that the flag needs action and coordinates."""
    flag = flagged(cast)
    flag = judge_credible(
        flag,
        credible=True,
        reason="It urges her to hurt herself.",
        by=cast.amara.staff,
        keyring=cast.amara.keyring,
        at=cast.at,
    )
    return take_up(flag, by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at)


def assessed(cast: Cast, case: Case, *, at: datetime | None = None) -> Case:
    """Amara says how it stands."""
    said = Assessed("over", "Nothing that is against the policy.", "Nobody has said.", "Nobody.")
    assess_case(case, said=said, by=cast.amara.staff, at=at or cast.at)
    case.refresh_from_db()
    return case


def left_as_it_is(cast: Cast, case: Case, *, at: datetime | None = None) -> Case:
    """Amara finds that nothing needs to be done, Luis agrees."""
    if case.state in (CaseState.OPEN, CaseState.REOPENED):
        case = assessed(cast, case, at=at)
    amara = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": at or cast.at}
    decided = decide_no_action(case, reason="It was somebody else's coat.", **amara)
    reads_and_agrees(decided, cast.luis, at or cast.at)
    case.refresh_from_db()
    return case


def reads_and_agrees(decided: NoAction, desk: Desk, at: datetime) -> Agreement:
    """Somebody reads why a case would be left as it is, and agrees."""
    read_why(decided, keyring=desk.keyring, at=at)
    return agree_to_no_action(decided, by=desk.staff, keyring=desk.keyring, at=at)


def closed(cast: Cast, case: Case, *, at: datetime | None = None) -> Case:
    """The whole way: left as it is where nothing was decided, followed up, asked after twice, closed a month later."""
    at = at or cast.later(days=2)
    case.refresh_from_db()
    if case.state in (CaseState.OPEN, CaseState.REOPENED, CaseState.ASSESSED):
        case = left_as_it_is(cast, case, at=at)
    begun = follow_up(case, by=cast.amara.staff, at=at)
    later = at + timedelta(days=30)
    for asked in begun.check_ins.all():
        check_in(asked, found="quiet", by=cast.amara.staff, keyring=cast.amara.keyring, at=later)
    who = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": later}
    close_case(case, lessons="A shorter way to the brake.", **who)
    case.refresh_from_db()
    return case


def terms_for(cast: Cast, **changes: object) -> Terms:
    """A complete short proposal: Karim out of the hall for a day, his posts deleted."""
    posts = Post.objects.filter(registration=cast.karim, room=cast.hall, removed=False)
    until_at = cast.at + timedelta(hours=24)
    targets = (
        Target(
            "revoke",
            cast.karim.person_id,
            "Karim Haddad",
            scope_kind="session",
            scope_id=cast.hall.session_id,
            until_at=until_at,
        ),
        *(Target("delete", post.id, f"Hall 1, {post.number}") for post in posts),
    )
    fields: dict[str, object] = {
        "targets": targets,
        "grounds": ("violation",),
        "violations": ("threat",),
        "reason": "Urged somebody to hurt themself.",
        "finding": "Encouraging self-harm, in the hall, today.",
        "stabilises": "Stops it for those who are in the room.",
        "considered": "A warning and a pause of the room.",
        "less_severe": "A warning would leave the person affected with the writer.",
        "safety": "The writer does not learn who flagged it.",
        "notice_subject": "About your access to Hall 1",
        "notice_body": "From now on you do not have access to Hall 1 until tomorrow.",
    }
    return Terms(**{**fields, **changes})  # type: ignore[arg-type]


def proposed(cast: Cast, case: Case | None = None, **changes: object) -> Proposal:
    """Amara proposes it."""
    return propose(
        case or case_about_karim(cast),
        terms=terms_for(cast, **changes),
        by=cast.amara.staff,
        keyring=cast.amara.keyring,
        at=cast.at,
    )


def colleague(cast: Cast, handle: str, name: str, role: Role = Role.STAFF) -> Desk:
    """One more on the team, whom Amara brings in and Luis vouches for."""
    PASSPHRASES.setdefault(handle, keys.generate_passphrase())
    desk = _desk(handle, name, role, cast.luis.keyring, cast.amara.staff, cast.at)
    acknowledge(desk.staff, version=1, at=cast.at)
    return desk


def opened(version: Version, desk: Desk, at: datetime) -> Version:
    """Somebody opens a version to read it."""
    open_version(version, by=desk.staff, keyring=desk.keyring, at=at)
    return version


def held_back(report: Report, *, at: datetime, **sealed: bytes) -> HeldBack:
    """A row of what waits for a code to settle, that nothing else comes of."""
    said = {"tell_outcome": False, "wishes_change": False, "hears_nothing": False}
    return HeldBack.objects.create(
        report=report, sealed=b"", in_box=uuid4(), made_at=at, **said, **sealed
    )


def answers_arrive() -> None:
    """The ten seconds pass in which an answer can be taken back, and the outbox lays it."""
    for underway in Underway.objects.all():
        lay_answer(underway, at=underway.due_at)


def _desk(
    handle: str,
    name: str,
    role: Role,
    countersigner: Keyring,
    by: StaffMember | None,
    at: datetime,
    is_lead: bool = False,
) -> Desk:
    staff = designate(
        Person.objects.create(),
        working_name=name,
        role=role,
        languages=["en"],
        by=by,
        at=at,
        is_lead=is_lead,
    )
    login = enrol(
        staff, handle=handle, passphrase=PASSPHRASES[handle], countersigner=countersigner, at=at
    )
    pledge(staff, at=at)
    return Desk(staff, login, keys.unlock(staff.person_id, PASSPHRASES[handle]))


def _outside(amara: Desk, at: datetime) -> tuple[OutsideContact, Keyring, str]:
    code, box = issue(secrets.token_bytes(NONCE_BYTES), purpose="outside contact", at=at)
    keys.enrol_reader(box.id, bytes(box.reading_public), at=at, countersigner=amara.keyring)
    contact = name_outside_contact(
        "Elena Ruiz", address="elena@outside.example", holder=box.id, by=amara.staff, at=at
    )
    return contact, keyring_of(box, code), code


def session_in(convening: Convening, name: str, amara: Desk, at: datetime) -> Room:
    """An open session with its guidelines confirmed; its room."""
    session = plan_session(
        convening,
        name=name,
        starts_at=at + timedelta(minutes=1),
        ends_at=at + timedelta(hours=8),
        by=amara.staff,
        at=at,
    )
    confirm_guidelines(session, text="Be kind. One person speaks at a time.", by=amara.staff, at=at)
    Session.objects.filter(id=session.id).update(state=State.OPEN)
    Convening.objects.filter(id=convening.id).update(state=State.OPEN)
    return Room.objects.get(session=session)
