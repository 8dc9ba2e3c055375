# SPDX-License-Identifier: MIT
"""Small JSON files that outlive a loss of power at any moment.

A file is written aside and renamed, which the filesystem does as a whole: there is always the old
one or the new one. A check over the content tells the rest, such as worn flash.
"""

import json
import os

from upturn_node.crc24 import crc24

_ENOENT = 2


class DamagedError(ValueError):
    """The file is there, and is not what was written."""


def write(path, content):
    """Replace the file by `content`, a dict.

    Raises:
        OSError: it could not be written; the old file is as it was.
    """
    aside = path + ".new"
    with open(aside, "w") as file:
        file.write(json.dumps({"check": _check(content), "content": content}))
    _sync()
    os.rename(aside, path)
    _sync()


def read(path):
    """The content, or None where there is no such file.

    Raises:
        DamagedError: it cannot be read, or its check is wrong.
    """
    try:
        with open(path) as file:
            whole = json.load(file)
    except OSError as error:
        if error.errno == _ENOENT:
            return None
        raise DamagedError("cannot be read: {}".format(error))
    except (ValueError, UnicodeError):
        raise DamagedError("no JSON")
    if not isinstance(whole, dict) or not isinstance(whole.get("content"), dict):
        raise DamagedError("no content")
    if whole.get("check") != _check(whole["content"]):
        raise DamagedError("its check is wrong")
    return whole["content"]


def set_aside(path, other):
    """Keep a bad file under another name; a filesystem that cannot is no reason to stop."""
    try:
        os.rename(path, other)
        _sync()
    except OSError:
        pass


def _check(content):
    """Over the entries by their names, because a dict has no order of its own here."""
    text = "\n".join(["{}={}".format(key, json.dumps(content[key])) for key in sorted(content)])
    data = text.encode()
    return "{:06x}".format(crc24(data, 0, len(data)))


def _sync():
    if hasattr(os, "sync"):
        os.sync()
