from concord.people.tests.fixtures import gathered, mailbox, team

__all__ = ["gathered", "mailbox", "team"]
