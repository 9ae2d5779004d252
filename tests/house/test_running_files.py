"""The files in examples/running are what nginx, Caddy and systemd understand: their own tools say so."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.house.house import CHECKOUT

FILES = CHECKOUT / "examples" / "running"
UNITS = sorted(path.name for path in FILES.glob("*.service"))


def tool(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if found is None:
        pytest.skip(f"NO {name.upper()} HERE: its file was not checked by its own tool")
    return found


def run(*arguments: str | Path, cwd: Path) -> str:
    said = subprocess.run(
        [str(each) for each in arguments], cwd=cwd, capture_output=True, text=True, timeout=60
    )
    assert said.returncode == 0, said.stdout + said.stderr
    return said.stdout + said.stderr


def test_nginx_understands_its_file(tmp_path):
    nginx = tool("nginx")
    run(
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=t",
        "-keyout", tmp_path / "privkey.pem", "-out", tmp_path / "fullchain.pem", cwd=tmp_path,
    )  # fmt: skip
    ours = (FILES / "nginx.conf").read_text()
    ours = ours.replace("/etc/ssl/concord", str(tmp_path)).replace("/var/log/nginx", str(tmp_path))
    (tmp_path / "whole.conf").write_text(
        f"pid {tmp_path}/pid;\nerror_log {tmp_path}/error.log;\nevents {{}}\nhttp {{\n{ours}\n}}\n"
    )
    assert "successful" in run(nginx, "-t", "-c", tmp_path / "whole.conf", cwd=tmp_path)


def test_nginx_keeps_no_addresses_and_puts_nothing_that_was_sent_on_the_disk():
    ours = (FILES / "nginx.conf").read_text()
    for line in ("access_log off;", "proxy_request_buffering off;", "proxy_max_temp_file_size 0;"):
        assert line in ours


def test_nginx_has_room_for_those_who_listen_and_whoever_installs_it_is_told():
    ours, told = (
        (FILES / "nginx.conf").read_text(),
        (CHECKOUT / "docs/running/install.md").read_text(),
    )
    (room,) = set(re.findall(r"worker_connections (\d+);", ours + told))
    streams = int(re.search(r"limit_conn streams (\d+);", ours)[1])
    assert 2_000 < streams < int(room), "with two cores a stream may take two of them"
    assert "worker_rlimit_nofile" in ours
    assert "worker_rlimit_nofile" in told


def test_nginx_refuses_no_stream_of_the_desk_however_many_listen():
    """What is counted by an empty key is not counted."""
    ours = (FILES / "nginx.conf").read_text()
    key = re.search(r"limit_conn_zone (\$\w+) zone=streams:", ours)[1]
    keys = dict(
        re.findall(
            r"^    (\S+) +\"(.*)\";$", ours.split(f"map $host {key} {{")[1].split("}")[0], re.M
        )
    )
    assert keys == {"desk.example.org": "", "default": "everybody"}
    assert "desk.example.org" in re.search(r"server_name (.*);", ours)[1].split()


def test_caddy_understands_its_file(tmp_path):
    said = run(
        tool("caddy"), "adapt", "--config", FILES / "Caddyfile", "--adapter", "caddyfile",
        cwd=tmp_path,
    )  # fmt: skip
    assert "127.0.0.1:8004" in said


@pytest.mark.parametrize("name", UNITS)
def test_systemd_understands_its_units(name, tmp_path):
    analyze = tool("systemd-analyze")
    program = tmp_path / "concord"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    unit = re.sub(r"/srv/concord/concord/bin/concord", str(program), (FILES / name).read_text())
    copy = tmp_path / name.replace("@.", "@1.")
    copy.write_text(unit.replace("User=concord", "User=nobody"))
    run(analyze, "verify", "--man=no", copy, cwd=tmp_path)
