import pytest
from hypothesis import given
from hypothesis import strategies as st

from concord.names import canonical_mailbox, is_shared_mailbox


@pytest.mark.parametrize(
    "address, mailbox",
    [
        ("Ada.Okafor+x@GoogleMail.com", "adaokafor@gmail.com"),
        ("a.d.a@gmail.com", "ada@gmail.com"),
        ("ada+concord@outlook.com", "ada@outlook.com"),
        ("a.da@hotmail.co.uk", "a.da@hotmail.co.uk"),
        ("ada+x@pm.me", "ada@proton.me"),
        ("ada@protonmail.com", "ada@proton.me"),
        ("ada+x@me.com", "ada@icloud.com"),
        ("ada-shop@yahoo.fr", "ada@yahoo.fr"),
        ("ada+shop@yahoo.com", "ada+shop@yahoo.com"),
        ("ada-okafor@example.org", "ada-okafor@example.org"),
        ("a.da+x@example.org", "a.da@example.org"),
        (" ADA@EXAMPLE.ORG ", "ada@example.org"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("+x@gmail.com", "+x@gmail.com"),
        ("ada@example.org.", "ada@example.org"),
    ],
)
def test_an_address_is_reduced_by_what_its_provider_ignores(address, mailbox):
    assert canonical_mailbox(address) == mailbox


def test_dots_tell_honest_people_apart_everywhere_but_at_gmail():
    assert canonical_mailbox("a.li@example.org") != canonical_mailbox("ali@example.org")
    assert canonical_mailbox("a.li@outlook.com") != canonical_mailbox("ali@outlook.com")


def test_a_domain_that_only_begins_like_a_provider_is_its_owners():
    assert canonical_mailbox("ada-x@yahoo.example.org") == "ada-x@yahoo.example.org"
    assert canonical_mailbox("a.da@gmail.com.example.org") == "a.da@gmail.com.example.org"


@pytest.mark.parametrize(
    "address",
    ["", "ada", "@", "ada@", "@example.org", "a b@example.org", "ada@..", "a@" + "x" * 80],
)
def test_what_is_no_address_is_refused(address):
    with pytest.raises(ValueError, match="address"):
        canonical_mailbox(address)


@pytest.mark.parametrize(
    "address, shared",
    [
        ("info@example.org", True),
        ("Office@example.org", True),
        ("team+ada@gmail.com", True),
        ("ada+work@example.org", True),
        ("ada+work@gmail.com", False),
        ("ada@example.org", False),
        ("information.desk@example.org", False),
    ],
)
def test_mailboxes_that_several_people_may_read_are_told(address, shared):
    assert is_shared_mailbox(address) is shared


@given(st.emails())
def test_a_canonical_mailbox_is_settled(address):
    try:
        mailbox = canonical_mailbox(address)
    except ValueError:
        return
    assert mailbox.count("@") >= 1
    assert is_shared_mailbox(address) in {True, False}
