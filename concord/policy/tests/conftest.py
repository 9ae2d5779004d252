from concord.people.tests.fixtures import mailbox, team

__all__ = ["mailbox", "team"]
