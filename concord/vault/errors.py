"""What can go wrong in the vault: damage or an attack, which is loud, and rules that say no."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from concord.refusals import Refused


class Tampered(Exception):
    """The sealed bytes are not what was sealed here: changed, moved to another row, or under another key."""


class WrongPassphrase(Refused):
    """The name or the passphrase is not right; never which of the two."""

    words = _("This name and passphrase do not go together.")


class CopyDoesNotOpen(Refused):
    """No copy of the keys is kept for this device, or it answered with something else."""

    words = _("This passkey does not open your keys here. Your passphrase does.")
    status = 409


class CeremonyIsOver(Refused):
    """It was finished, stopped, or nobody finished it in its day."""

    words = _("This is over. If the passphrase is still lost, begin anew on the page “Team”.")
    status = 409


class NotYetTyped(Refused):
    """Something has to come first: the new passphrase, then the shares."""

    words = _("It is not time for this yet: first the new passphrase, then the shares.")
    status = 409


class NoSuchShare(Refused):
    """Words that are no share: a slip of the pen, or something else."""

    words = _("These words are no share. Compare them with the paper, word by word.")
    status = 409


class AlreadyTyped(Refused):
    """One share a person, and each share once: two people, never one of them twice."""

    words = _("This was typed already. It takes two people, each with a share of their own.")
    status = 409


class TooManyAtOnce(Refused):
    """More passphrases are being tried than the server can weigh without making everybody else wait."""

    words = _(
        "Many people are signing in at this moment. Nothing is wrong with what you typed: "
        "please give your passphrase once more in a few seconds."
    )
    status = 429
    is_kept = False


class PassphraseTooWeak(Refused):
    """A passphrase that someone with the stolen database could guess."""

    words = _(
        "This passphrase could be guessed. Take the one we offer, or add a few uncommon words."
    )
    status = 409


class NotTheKeysCompared(Refused):
    """Between the page and the press other keys took the place of those that were compared."""

    words = _("These are not the keys that you compared: there are others now. Compare them again.")
    status = 409


class NoKey(Refused):
    """The holder has no key that counts: never enrolled, not yet countersigned, or retired."""

    words = _("This person has no key yet that others have confirmed.")
    status = 409


class KeyAlreadyThere(Refused):
    """The holder has a key already; a second one would orphan what is sealed to the first."""

    words = _("This person has a key already.")
    status = 409


class NeedsAnotherPerson(Refused):
    """A key counts only when another person, whose own key counts, has countersigned it."""

    words = _("A new key has to be confirmed by another designated person.")


class OnlyForTheFirstTwo(Refused):
    """The recovery key countersigns while fewer than two people hold keys; after that, people do."""

    words = _("Two people hold keys now; one of them has to confirm this one.")


class NoGrant(Refused):
    """Nothing that this holder has opens this file."""

    words = _("You do not hold a key to this file.")


class GrantDormant(NoGrant):
    """The holder's grant sleeps until an assignment wakes it; it is also a NoGrant."""

    words = _("Your key to this file is at rest until the file is assigned to you.")


class NoRecoveryKey(Refused):
    """Nothing is sealed before a recovery key exists: a lost key must never mean a lost report."""

    words = _("Make the recovery key first.")
    status = 409


class RecoveryKeyAlreadyThere(Refused):
    """Set-up makes one recovery key; afterwards it is only ever remade by those who hold its shares."""

    words = _("There is a recovery key already.")
    status = 409


class SharesDoNotFit(Refused):
    """Too few shares, mistyped ones, or shares of another key."""

    words = _("These shares do not open the recovery key. Two shares of the same key are needed.")
    status = 409
