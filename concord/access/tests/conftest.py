from concord.access.tests.fixtures import shut_out

__all__ = ["shut_out"]
