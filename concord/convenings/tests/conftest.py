from concord.access.tests.fixtures import shut_out
from concord.people.tests.fixtures import mailbox, team

__all__ = ["mailbox", "shut_out", "team"]
