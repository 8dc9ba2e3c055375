# SPDX-License-Identifier: MIT
"""The secrets of the hosts that this node is bonded to: whole hosts, or none of a host.

The BLE stack asks for them and hands them over inside its interrupt, so `get` and `put` only look
and copy; `keep` writes, later. What the stack is told has its reasons in NimBLE: it asks again and
again until a deletion finds nothing more, and makes room by deleting the oldest bond if a secret
is not taken. So every secret is "taken", and one outside of the pairing window is let go; and what
the stack deletes is hidden for as long as the link lasts, and gone only when a new bond of that
host takes its place. Nobody without the button can make or end a bond, then.
"""

from micropython import const

from upturn_node import store

PATH = "upturn.bonds.json"
BAD_PATH = "upturn.bonds.bad.json"
MAX_HOSTS = const(4)

# types of a secret; a key of the first two is the address of the host, with the address's type
_OURS = const(1)
_THEIRS = const(2)
_IRK = const(10)


class Bonds:
    """`window`: new bonds are taken. `refused`: one was not, over this link.

    `made` counts new bonds since start; `problem` is why the file was not believed, or "".
    """

    def __init__(self):
        self.window = False
        self.refused = False
        self.made = 0
        self.problem = ""
        self._hosts = []  # (address, our secret, their secret), the oldest first
        self._irk = None
        self._hidden = []  # (type, address)
        self._half = None  # (type, address, secret) of a bond that is being made
        self._changed = False

    def __len__(self):
        return len(self._hosts)

    def load(self):
        """Read the file. A damaged one is kept beside, and there is no bond."""
        try:
            stored = store.read(PATH)
            if stored is not None:
                self._irk, self._hosts = _parsed(stored)
        except (ValueError, KeyError, TypeError) as error:
            self.problem = str(error)
            store.set_aside(PATH, BAD_PATH)

    def get(self, kind, index, key):
        """A secret, or None; without a key the one at `index` among all of its kind."""
        if kind == _IRK:
            return self._irk
        address = None if key is None else bytes(key)
        for host in self._hosts:
            if kind not in (_OURS, _THEIRS) or (kind, host[0]) in self._hidden:
                continue
            if address is None and index:
                index -= 1
            elif address is None or host[0] == address:
                return host[kind]
        return None

    def put(self, kind, key, secret):
        """Take a secret, or with None delete it; what the stack is to be told."""
        address = bytes(key)
        if secret is None:
            return self._hide(kind, address)
        secret = bytes(secret)
        if kind == _IRK:
            self._irk = secret
            self._changed = True
        elif kind in (_OURS, _THEIRS):
            if self.window:
                self._take(kind, address, secret)
            else:
                self.refused = True
        return True

    def link_began(self):
        """Another link, or none: what was hidden counts again, and half a bond is none."""
        self.refused = False
        self._hidden = []
        self._half = None

    def keep(self):
        """Write what has changed. Flash that cannot be written leaves the bonds in memory."""
        if not self._changed:
            return
        self._changed = False
        hosts = [[part.hex() for part in host] for host in self._hosts]
        try:
            store.write(PATH, {"irk": self._irk.hex() if self._irk else "", "hosts": hosts})
        except OSError as error:
            print("upturn: bonds are not stored:", error)

    def forget(self):
        """Delete every bond, stored at once.

        Raises:
            OSError: it could not be written, and nothing is forgotten.
        """
        store.write(PATH, {"irk": self._irk.hex() if self._irk else "", "hosts": []})
        self._hosts = []
        self._half = None
        self._changed = False

    def _hide(self, kind, address):
        if self.get(kind, 0, address) is None or kind == _IRK:
            return False
        self._hidden.append((kind, address))
        return True

    def _take(self, kind, address, secret):
        half = self._half
        if half is None or half[0] == kind or half[1] != address:
            self._half = (kind, address, secret)
            return
        self._half = None
        ours, theirs = (secret, half[2]) if kind == _OURS else (half[2], secret)
        hosts = [host for host in self._hosts if host[0] != address]
        hosts.append((address, ours, theirs))
        self._hosts = hosts[-MAX_HOSTS:]
        self._hidden = [hidden for hidden in self._hidden if hidden[1] != address]
        self._changed = True
        self.made += 1


def _parsed(stored):
    """(IRK or None, hosts). Raises one of the errors that `load` takes for damage."""
    hosts = []
    for host in stored["hosts"]:
        address, ours, theirs = [bytes.fromhex(part) for part in host]
        hosts.append((address, ours, theirs))
    return bytes.fromhex(stored["irk"]) or None, hosts[-MAX_HOSTS:]
