from concord.access.tests.fixtures import shut_out
from concord.people.tests.fixtures import gathered, mailbox, team

__all__ = ["gathered", "mailbox", "shut_out", "team"]
