from concord.people.tests.fixtures import mailbox

__all__ = ["mailbox"]
