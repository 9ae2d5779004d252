"""One setting chooses the database, and a mistake in it is told without the password that stands in it."""

import pytest

from concord.site.database import NoSuchDatabase, database_of


def test_a_path_is_a_file_of_sqlite():
    chosen = database_of("sqlite:////srv/concord/with%20space/concord.sqlite3")
    assert chosen["NAME"] == "/srv/concord/with space/concord.sqlite3"
    assert chosen["ENGINE"].endswith("sqlite3")


def test_a_server_of_postgresql_is_read_as_psql_reads_it():
    chosen = database_of("postgres://amara:p%40ss@127.0.0.1:5433/concord?sslmode=require")
    assert chosen == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "concord",
        "USER": "amara",
        "PASSWORD": "p@ss",
        "HOST": "127.0.0.1",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }


def test_a_socket_in_a_folder_is_a_host():
    assert database_of("postgresql:///concord?host=/run/postgresql")["HOST"] == "/run/postgresql"


@pytest.mark.parametrize(
    "url",
    ["mysql://a:hidden@b/c", "concord", "postgresql://a:hidden@[::1/c", "postgresql://a?hidden=1"],
)
def test_anything_else_is_refused_without_repeating_it(url):
    with pytest.raises(NoSuchDatabase) as refused:
        database_of(url)
    assert "hidden" not in str(refused.value)
