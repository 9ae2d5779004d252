#!/usr/bin/env python
"""Django's own commands, for engineers. People who run Concord use `bin/concord`."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "concord.site.settings")
    execute_from_command_line(sys.argv)
